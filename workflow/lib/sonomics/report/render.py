"""Render the report: one self-contained page."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sonomics.core.cohort import read_cohort
from sonomics.core.files import read_json, write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN, PHASES
from sonomics.core.schemas import CROPS, SCREENING
from sonomics.core.tables import read_table, read_tables
from sonomics.report import figures, flow, summary, tables
from sonomics.report.card import card
from sonomics.report.cases import task_data
from sonomics.report.checklists import fill, read_standard
from sonomics.report.documents import write_card, write_checklists, write_page_tables
from sonomics.report.evaluations import Evaluation, read_evaluation, read_plain
from sonomics.report.evidence.record import Record
from sonomics.report.examples import Picture, gallery, pictures, shown_cases
from sonomics.report.hashes import hashes
from sonomics.report.island import island, script_hash
from sonomics.report.makers import sections
from sonomics.report.methods import starting_weights
from sonomics.report.phantom import phantom
from sonomics.report.pictures import inline_svg
from sonomics.report.prose.paragraphs import methods
from sonomics.report.selection import described
from sonomics.report.sharing import check_shared, running_numbers, without_contact
from sonomics.report.spine import spine_counts, spine_svg, spine_words
from sonomics.report.statements import statements, unstated

SOFTWARE = (
    "dvc", "jinja2", "lifelines", "matplotlib", "numpy", "opencv-python-headless", "pandas", "pillow",
    "pyarrow", "pydicom", "pyradiomics", "scikit-image", "scikit-learn", "scikit-misc", "scipy", "simpleitk", "skops",
    "snakemake", "statsmodels", "timm", "torch", "torchvision",
)  # fmt: skip


def task_section(
    evaluations: Sequence[Evaluation], shown: Mapping[str, list[Picture]], params: Mapping[str, Any]
) -> dict[str, Any]:
    """Gather what the page says of one task; the main run comes first in `evaluations`."""
    main = evaluations[0]
    level = params["evaluate"]["level"]
    expectations = {other.variant: summary.expectation(other.variant, params) for other in evaluations}
    descriptive = "Mean (SD) with median (quartiles), or counts with share of the known values."
    by_split = tables.baseline_table(
        main, "split", main.splits, "Scored cases by set", f"{descriptive} P: each test set against training."
    )
    by_label = tables.baseline_table(
        main,
        "label",
        {"positive": "Positive", "negative": "Negative"},
        "Training cases by label",
        f"{descriptive} P: positive against negative.",
    )
    return {
        "name": main.task,
        "suffix": "" if len(params["study"]["tasks"]) == 1 else f": {main.task}",
        "headlines": summary.headlines(main, level),
        "findings": summary.findings(main, evaluations, params),
        "baseline": [by_split, by_label],
        "performance": [tables.performance_table(main, split) for split in main.splits],
        "further": [tables.further_table(main, split) for split in main.splits],
        "comparison": tables.comparison_table(main) if len(main.models) > 1 else None,
        "cox": [tables.cox_table(main, split) for split in main.splits] if "cox" in main.tables else [],
        "figures": figures.plates(main),
        "sections": sections(main, params),
        "control": tables.control_table(evaluations, expectations),
        "verdicts": [text for other in evaluations[1:] if (text := summary.verdict(other, params))],
        "examples": gallery(main, shown, params["report"]["shown_cases"]),
        "example_set": main.splits[summary.unseen(main)[0]],
        "primary": main.primary,
    }


def software() -> list[tuple[str, str]]:
    """Name the versions of Python and of the libraries that can change a result."""
    return [("python", platform.python_version()), *((name, version(name)) for name in SOFTWARE)]


def render(context: Mapping[str, Any], page: Path, style: Path, script: Path) -> str:
    """Fill the page's template; everything but our own figures, style, script and escaped data is escaped."""
    environment = Environment(loader=FileSystemLoader(page.parent), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    own = {"style": Markup(style.read_text(encoding="utf-8")), "script": Markup(script.read_text(encoding="utf-8"))}
    return environment.get_template(page.name).render(**context, **own, script_hash=script_hash(own["script"]))


def main(argv: Sequence[str] | None = None) -> None:
    """Read what the phases have written, and write the page and its metrics."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True, help="folders <variant>/<task>")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--screening", type=Path, required=True)
    parser.add_argument("--chart", type=Path, required=True, help="flow chart of the screening")
    parser.add_argument("--crops", type=Path, nargs="+", required=True, help="tables of the main run")
    parser.add_argument(
        "--selections", type=Path, nargs="+", required=True, help="state.json of the main run, all training"
    )
    parser.add_argument("--metrics", type=Path, nargs="+", required=True, help="metrics of the other phases")
    parser.add_argument("--phantom", type=Path, required=True, help="the engines' values of the IBSI phantom")
    parser.add_argument("--page", type=Path, required=True, help="template; those it imports stand beside it")
    parser.add_argument("--style", type=Path, required=True)
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--html", type=Path, required=True)
    parser.add_argument("--standards", type=Path, nargs="+", required=True, help="YAML files of the checklists")
    parser.add_argument("--checklists", type=Path, required=True, help="folder of the checklists filled")
    parser.add_argument("--card", type=Path, required=True, help="the model card")
    parser.add_argument("--tables", type=Path, required=True, help="the tables of the page as a Word document")
    parser.add_argument("--out-metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    params = args.settings
    share = params["report"].get("share", False)
    evaluations = sorted(map(read_evaluation, args.evaluations), key=lambda one: one.variant != MAIN)
    by_task = {task: [one for one in evaluations if one.task == task] for task in params["study"]["tasks"]}
    mains = [inside[0] for inside in by_task.values()]
    crops = read_tables(args.crops, CROPS)
    screening = read_table(args.screening, SCREENING)
    cohort = read_cohort(args.cohort, params["study"]).set_index("case")
    shown = {} if share else pictures_shown(mains, crops, params)
    names = running_numbers(cohort.index, params["study"]["seed"]) if share else {case: case for case in cohort.index}
    clinical = cohort[params["study"]["clinical"]]
    selections = [(path.parts[-4], path.parts[-3], read_json(path)) for path in args.selections]
    metrics = {path.stem: read_json(path) for path in args.metrics}
    told = spine_counts(metrics, params)
    record = Record(params, metrics, mains, screening, selections)
    checklists = [fill(read_standard(path), record) for path in args.standards]
    ordered = {section: params[section] for section in ("study", *PHASES)}
    sources = [args.cohort, args.screening, *(path.parent for path in args.crops), *args.selections, *args.evaluations]
    context = {
        "study": params["study"],
        "simulated": params["export"]["source"] == "simulator",
        "shared": share,
        "shown": len(shown),
        "tasks": [task_section(inside, shown, params) for inside in by_task.values()],
        "chart": Markup(inline_svg(args.chart.read_text(encoding="utf-8"), "screening")),
        "cases": flow.cases_table(flow.case_columns(screening, mains[0])),
        "uncropped": flow.crop_reasons(crops, screening, params["crop"]["analysis"]),
        "selections": [described(*selection) for selection in selections],
        "methods": methods(record),
        "statements": statements(params),
        "unstated": unstated(params),
        "weights": starting_weights(params),
        "checklists": checklists,
        "card": card(record),
        "spine": spine_svg(told),
        "spine_words": spine_words(told),
        "hashes": hashes(params, sources),
        "phantom": phantom(read_plain(args.phantom)),
        "software": software(),
        "params": yaml.safe_dump(
            without_contact(ordered) if share else ordered, sort_keys=False, allow_unicode=True, width=100
        ),
        "metrics": [(path.stem, path.read_text(encoding="utf-8")) for path in args.metrics],
        "data": island(
            {
                "level": params["evaluate"]["level"],
                "z": NormalDist().inv_cdf(0.5 + params["evaluate"]["level"] / 2),
                "shared": share,
                "images": shown,
                "tasks": {main.task: task_data(main, screening, clinical, names, share) for main in mains},
            }
        ),
    }
    page = render(context, args.page, args.style, args.script)
    if share:
        check_shared(page, {*cohort.index, *cohort["patient"]})
    write_text(args.html, page)
    write_page_tables(args.tables, params["study"]["title"], {**context, "card": []})
    write_checklists(args.checklists, params["study"]["title"], checklists)
    write_card(args.card, params["study"]["title"], context["card"])
    counts = {
        "bytes": len(page.encode()),
        "figures": page.count("<svg"),
        "tables": page.count("<table"),
        "shown_cases": len(shown),
        "not_estimable": page.count("not estimable"),
        "checklists": {one.standard.key: one.counts for one in checklists},
        "metrics_score": next((one.score for one in checklists if one.standard.key == "metrics"), None),
    }
    write_metrics(args.out_metrics, counts)


def pictures_shown(
    mains: Sequence[Evaluation], crops: pd.DataFrame, params: Mapping[str, Any]
) -> dict[str, list[Picture]]:
    """Read the pictures of the cases that the page shows of any task."""
    count = params["report"]["shown_cases"]
    wanted = dict.fromkeys(case for main in mains for case in shown_cases(main, count)["case"])
    return pictures(wanted, crops, params["crop"]["analysis"])


if __name__ == "__main__":
    run_job(main)
