"""Render the report: one self-contained page, and the documents that go with it."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sonomics.core.cohort import read_cohort
from sonomics.core.files import read_json, write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN
from sonomics.core.schemas import ATTRIBUTIONS, CROPS, MAPS, SCREENING
from sonomics.core.tables import read_table, read_tables
from sonomics.report.cases.sharing import check_shareable
from sonomics.report.documents.checklists import read_standard
from sonomics.report.documents.hashes import list_hashes
from sonomics.report.documents.write import write_card, write_checklists, write_page_tables
from sonomics.report.page.context import Inputs, build_context
from sonomics.report.page.embedded_data import hash_script
from sonomics.report.sections.learned import LearnedTable
from sonomics.report.study.evaluation import read_evaluation, read_result_table


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluation", action="append", nargs=3, required=True, metavar=("VARIANT", "TASK", "FOLDER"))
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--screening", type=Path, required=True)
    parser.add_argument("--chart", type=Path, required=True, help="flow chart of the screening")
    parser.add_argument("--crops", type=Path, nargs="+", required=True, help="tables of the main run")
    parser.add_argument(
        "--selection",
        action="append",
        nargs=3,
        required=True,
        metavar=("FAMILY", "TASK", "FILE"),
        help="state.json of the main run, on all training cases",
    )
    parser.add_argument(
        "--learned",
        action="append",
        nargs=3,
        default=[],
        metavar=("NAME", "TASK", "FILE"),
        help="frequencies of a family, or odds ratios, nomogram or weights of a model, of the main run",
    )
    parser.add_argument("--maps", type=Path, nargs="*", default=[], help="tables of the maps of every network")
    parser.add_argument("--attributions", type=Path, nargs="*", default=[], help="tables of every classifier")
    parser.add_argument("--metrics", type=Path, nargs="+", required=True, help="metrics of the other phases")
    parser.add_argument("--phantom", type=Path, required=True, help="values of the texture engines on the IBSI phantom")
    parser.add_argument("--page", type=Path, required=True, help="template; those that it imports lie in its folder")
    parser.add_argument("--style", type=Path, required=True)
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--standards", type=Path, nargs="+", required=True, help="YAML files of the checklists")
    parser.add_argument("--html", type=Path, required=True, help="the page to write")
    parser.add_argument("--checklists", type=Path, required=True, help="folder of the checklists to write")
    parser.add_argument("--card", type=Path, required=True, help="the model card to write")
    parser.add_argument("--tables", type=Path, required=True, help="the tables of the page to write, for Word")
    parser.add_argument("--out-metrics", type=Path, required=True)
    return parser.parse_args(argv)


def read_inputs(args: Namespace) -> Inputs:
    """Read what the other phases have written."""
    params = args.settings
    evaluations = [read_evaluation(Path(folder), variant, task) for variant, task, folder in args.evaluation]
    evaluations.sort(key=lambda evaluation: evaluation.variant != MAIN)
    selections = [(family, task, Path(file)) for family, task, file in args.selection]
    sources = [
        args.cohort,
        args.screening,
        *(path.parent for path in args.crops),
        *(file for _, _, file in selections),
        *(Path(folder) for _, _, folder in args.evaluation),
    ]
    return Inputs(
        params=params,
        evaluations={
            task: [evaluation for evaluation in evaluations if evaluation.task == task] for task in params.study.tasks
        },
        cohort=read_cohort(args.cohort, params.study).set_index("case"),
        cohort_content=args.cohort.read_bytes(),
        screening=read_table(args.screening, SCREENING),
        crops=read_tables(args.crops, CROPS),
        maps=read_tables(args.maps, MAPS),
        attributions=read_tables(args.attributions, ATTRIBUTIONS),
        flow_chart=args.chart.read_text(encoding="utf-8"),
        selections=[(family, task, read_json(file)) for family, task, file in selections],
        learned=[LearnedTable(name, task, Path(file)) for name, task, file in args.learned],
        metrics={path.stem: read_json(path) for path in args.metrics},
        metrics_texts={path.stem: path.read_text(encoding="utf-8") for path in args.metrics},
        phantom=read_result_table(args.phantom),
        standards=list(map(read_standard, args.standards)),
        hashes=list_hashes(params.plain(), sources),
    )


def fill_template(context: Mapping[str, Any], page: Path, style: Path, script: Path) -> str:
    """Fill the template of the page; everything is escaped except figures, style, script and embedded data."""
    environment = Environment(loader=FileSystemLoader(page.parent), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    texts = {"style": Markup(style.read_text(encoding="utf-8")), "script": Markup(script.read_text(encoding="utf-8"))}
    template = environment.get_template(page.name)
    return template.render(**context, **texts, script_hash=hash_script(texts["script"]))


def count(page: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Count what the page and its checklists hold, for the metrics."""
    checklists = {checklist.standard.key: checklist for checklist in context["checklists"]}
    return {
        "bytes": len(page.encode()),
        "figures": page.count("<svg"),
        "tables": page.count("<table"),
        "shown_cases": context["shown"],
        "not_estimable": page.count("not estimable"),
        "checklists": {key: checklist.counts for key, checklist in checklists.items()},
        "metrics_score": checklists["metrics"].score if "metrics" in checklists else None,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page, its documents and its metrics."""
    args = parse(argv)
    inputs = read_inputs(args)
    title = inputs.params.study.title
    context = build_context(inputs)
    page = fill_template(context, args.page, args.style, args.script)
    if context["shared"]:
        check_shareable(page, {*inputs.cohort.index, *inputs.cohort["patient"]})
    write_text(args.html, page)
    write_page_tables(args.tables, title, context)
    write_checklists(args.checklists, title, context["checklists"])
    write_card(args.card, title, context["card"])
    write_metrics(args.out_metrics, count(page, context))


if __name__ == "__main__":
    run_job(main)
