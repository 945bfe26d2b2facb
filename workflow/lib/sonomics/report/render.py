"""Render the report: one self-contained page."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sonomics.core.files import read_json, write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN, PHASES
from sonomics.core.schemas import CROPS, SCREENING
from sonomics.core.tables import read_table, read_tables
from sonomics.report import figures, flow, methods, summary, tables
from sonomics.report.evaluations import Evaluation, read_evaluation
from sonomics.report.examples import examples
from sonomics.report.makers import sections
from sonomics.report.pictures import inline_svg
from sonomics.report.selection import described

SOFTWARE = (
    "dvc", "jinja2", "lifelines", "matplotlib", "numpy", "opencv-python-headless", "pandas", "pillow",
    "pyarrow", "pydicom", "pyradiomics", "scikit-image", "scikit-learn", "scikit-misc", "scipy", "simpleitk", "skops",
    "snakemake", "statsmodels", "timm", "torch", "torchvision",
)  # fmt: skip


def task_section(evaluations: Sequence[Evaluation], crops: pd.DataFrame, params: Mapping[str, Any]) -> dict[str, Any]:
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
        "examples": examples(main, crops, params["crop"]["analysis"], params["report"]["shown_cases"]),
        "example_set": main.splits[summary.unseen(main)[0]],
        "primary": main.primary,
    }


def software() -> list[tuple[str, str]]:
    """Name the versions of Python and of the libraries that can change a result."""
    return [("python", platform.python_version()), *((name, version(name)) for name in SOFTWARE)]


def render(context: Mapping[str, Any], page: Path, style: Path) -> str:
    """Fill the page's template; everything but our own figures and style is escaped."""
    environment = Environment(loader=FileSystemLoader(page.parent), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    inline = Markup(style.read_text(encoding="utf-8"))
    return environment.get_template(page.name).render(**context, style=inline)


def main(argv: Sequence[str] | None = None) -> None:
    """Read what the phases have written, and write the page and its metrics."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True, help="folders <variant>/<task>")
    parser.add_argument("--screening", type=Path, required=True)
    parser.add_argument("--chart", type=Path, required=True, help="flow chart of the screening")
    parser.add_argument("--crops", type=Path, nargs="+", required=True, help="tables of the main run")
    parser.add_argument(
        "--selections", type=Path, nargs="+", required=True, help="state.json of the main run, all training"
    )
    parser.add_argument("--metrics", type=Path, nargs="+", required=True, help="metrics of the other phases")
    parser.add_argument("--page", type=Path, required=True, help="template; those it imports stand beside it")
    parser.add_argument("--style", type=Path, required=True)
    parser.add_argument("--html", type=Path, required=True)
    parser.add_argument("--out-metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    params = args.settings
    evaluations = sorted(map(read_evaluation, args.evaluations), key=lambda one: one.variant != MAIN)
    crops = read_tables(args.crops, CROPS)
    screening = read_table(args.screening, SCREENING)
    by_task = {task: [one for one in evaluations if one.task == task] for task in params["study"]["tasks"]}
    tasks = [task_section(inside, crops, params) for inside in by_task.values()]
    first = next(iter(by_task.values()))[0]
    ordered = {section: params[section] for section in ("study", *PHASES)}
    context = {
        "study": params["study"],
        "simulated": params["export"]["source"] == "simulator",
        "tasks": tasks,
        "chart": Markup(inline_svg(args.chart.read_text(encoding="utf-8"), "screening")),
        "cases": flow.cases_table(flow.case_columns(screening, first)),
        "uncropped": flow.crop_reasons(crops, screening, params["crop"]["analysis"]),
        "selections": [described(path.parts[-4], path.parts[-3], read_json(path)) for path in args.selections],
        "methods": methods.methods(params),
        "weights": methods.starting_weights(params),
        "software": software(),
        "params": yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=100),
        "metrics": [(path.stem, path.read_text(encoding="utf-8")) for path in args.metrics],
    }
    page = render(context, args.page, args.style)
    write_text(args.html, page)
    counts = {
        "bytes": len(page.encode()),
        "figures": page.count("<svg"),
        "tables": page.count("<table"),
        "shown_cases": sum(len(task["examples"]) for task in tasks),
        "not_estimable": page.count("not estimable"),
    }
    write_metrics(args.out_metrics, counts)


if __name__ == "__main__":
    run_job(main)
