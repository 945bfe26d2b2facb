"""Render the report: one self-contained page."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sonomics.core.cohort import read_cohort
from sonomics.core.files import read_json, write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN, PHASES
from sonomics.core.schemas import CROPS, MAPS, SCREENING
from sonomics.core.tables import read_table, read_tables
from sonomics.report.cases.sharing import check_shared, running_numbers
from sonomics.report.cases.table import task_data
from sonomics.report.documents.checklists import fill, read_standard
from sonomics.report.documents.model_card import card
from sonomics.report.documents.provenance import hashes, software
from sonomics.report.documents.write import write_card, write_checklists, write_page_tables
from sonomics.report.evidence.record import Record
from sonomics.report.evidence.statements import statements, unstated
from sonomics.report.page import flow_of_cases as flow
from sonomics.report.page.embedded_data import island, script_hash
from sonomics.report.page.evaluation import read_evaluation, read_plain
from sonomics.report.page.phantom import phantom
from sonomics.report.page.phase_diagram import spine_counts, spine_svg, spine_words
from sonomics.report.page.pictures import inline_svg
from sonomics.report.page.task import pictures_shown, task_section
from sonomics.report.page.variants import over_deals
from sonomics.report.prose.paragraphs import methods
from sonomics.report.prose.wording import starting_weights
from sonomics.report.sections.selection import described


def render(context: Mapping[str, Any], page: Path, style: Path, script: Path) -> str:
    """Fill the page's template; everything but our own figures, style, script and escaped data is escaped."""
    environment = Environment(loader=FileSystemLoader(page.parent), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    own = {"style": Markup(style.read_text(encoding="utf-8")), "script": Markup(script.read_text(encoding="utf-8"))}
    return environment.get_template(page.name).render(**context, **own, script_hash=script_hash(own["script"]))


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True, help="folders <variant>/<task>")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--screening", type=Path, required=True)
    parser.add_argument("--chart", type=Path, required=True, help="flow chart of the screening")
    parser.add_argument("--crops", type=Path, nargs="+", required=True, help="tables of the main run")
    parser.add_argument(
        "--selections", type=Path, nargs="+", required=True, help="state.json of the main run, all training"
    )
    parser.add_argument(
        "--learned", type=Path, nargs="*", default=[], help="of the main run: frequencies, odds ratios, nomograms"
    )
    parser.add_argument("--maps", type=Path, nargs="*", default=[], help="tables of the maps of every network")
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
    return parser.parse_args(argv)


def gather(args: Namespace) -> dict[str, Any]:
    """Read what the phases have written and make of it what the template asks for."""
    params = args.settings.plain()
    share = params["report"].get("share", False)
    evaluations = sorted(map(read_evaluation, args.evaluations), key=lambda one: one.variant != MAIN)
    by_task = {task: [one for one in evaluations if one.task == task] for task in params["study"]["tasks"]}
    mains = [inside[0] for inside in by_task.values()]
    crops = read_tables(args.crops, CROPS)
    maps = read_tables(args.maps, MAPS)
    screening = read_table(args.screening, SCREENING)
    cohort = read_cohort(args.cohort, args.settings.study).set_index("case")
    shown = {} if share else pictures_shown(mains, crops, maps, params)
    seed = params["study"]["seed"]
    own = {case: case for case in cohort.index}
    names = running_numbers(cohort.index, seed, args.cohort.read_bytes()) if share else own
    clinical = cohort[params["study"]["clinical"]]
    selections = [(path.parts[-4], path.parts[-3], read_json(path)) for path in args.selections]
    metrics = {path.stem: read_json(path) for path in args.metrics}
    told = spine_counts(metrics, params)
    record = Record(params, metrics, mains, screening, selections)
    checklists = [fill(read_standard(path), record) for path in args.standards]
    ordered = {section: params[section] for section in ("study", *PHASES)}
    sources = [args.cohort, args.screening, *(path.parent for path in args.crops), *args.selections, *args.evaluations]
    return {
        "study": params["study"],
        "simulated": params["export"]["source"] == "simulator",
        "shared": share,
        "shown": len(shown),
        "pseudonyms": {*cohort.index, *cohort["patient"]},
        "tasks": [
            task_section(inside, shown, maps, args.learned, over_deals(metrics, task), params)
            for task, inside in by_task.items()
        ],
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
        "params": yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=100),
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


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page, its documents and its metrics."""
    args = parse(argv)
    title = args.settings["study"]["title"]
    context = gather(args)
    page = render(context, args.page, args.style, args.script)
    if context["shared"]:
        check_shared(page, context["pseudonyms"])
    write_text(args.html, page)
    write_page_tables(args.tables, title, {**context, "card": []})
    write_checklists(args.checklists, title, context["checklists"])
    write_card(args.card, title, context["card"])
    counts = {
        "bytes": len(page.encode()),
        "figures": page.count("<svg"),
        "tables": page.count("<table"),
        "shown_cases": context["shown"],
        "not_estimable": page.count("not estimable"),
        "checklists": {one.standard.key: one.counts for one in context["checklists"]},
        "metrics_score": next((one.score for one in context["checklists"] if one.standard.key == "metrics"), None),
    }
    write_metrics(args.out_metrics, counts)


if __name__ == "__main__":
    run_job(main)
