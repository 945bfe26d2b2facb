"""Evaluate every model of one variant on one task: tables as CSV and JSON, figures as SVG and PDF."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sonomics.core.files import replacing
from sonomics.core.jobs import job_parser, run_job
from sonomics.evaluate.study.analyses import draw_figures, make_tables
from sonomics.evaluate.study.context import Files
from sonomics.evaluate.study.read import is_simulated, read_context
from sonomics.evaluate.tables.clusters import say_clusters
from sonomics.evaluate.tables.write import write_tables


def main(argv: Sequence[str] | None = None) -> None:
    """Write the folder of one task: one CSV per table, one SVG per figure and split, and all figures in one PDF."""
    args = _parser().parse_args(argv)
    compared = dict(zip(args.compared, args.variants, strict=True))
    files = Files(
        cohort=args.cohort,
        readers=args.readers,
        images=args.images,
        qc=args.qc,
        base_predictions=args.base_predictions,
        compared=compared,
        thresholds=dict(zip(args.compared, args.variant_thresholds, strict=True)),
        twins=[(joint, single) for joint, single in args.twins],
    )
    schemes = dict(zip([args.variant, *args.compared], args.schemes, strict=True))
    models = dict(zip(args.models, zip(args.predictions, args.thresholds, strict=True), strict=True))
    context = read_context(args.settings, args.variant, args.task, args.folds, schemes, models, files)
    tables = make_tables(context)
    if args.settings.evaluate.near_duplicates == "cluster":
        tables = say_clusters(tables)
    with replacing(args.out) as folder:
        folder.mkdir()
        write_tables(folder, tables)
        draw_figures(folder, context, tables, is_simulated(args.settings))


def _parser() -> argparse.ArgumentParser:
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument(
        "--schemes", nargs="+", required=True, help="scheme of the folds of the run, and per --compared"
    )
    parser.add_argument("--images", type=Path, required=True, help="screened images: which scanner made which image")
    parser.add_argument("--readers", type=Path, required=True, help="data/readers.csv; used in the main run")
    parser.add_argument("--qc", type=Path, nargs="?", help="folder of the QC classifier, for evaluate.label_aware")
    parser.add_argument("--models", nargs="+", required=True, help="names of the final models")
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="one table per model of --models")
    parser.add_argument("--thresholds", type=Path, nargs="+", required=True, help="one file per model of --models")
    parser.add_argument("--base-predictions", type=Path, nargs="*", default=[], help="of base models, by image or case")
    parser.add_argument(
        "--twins", nargs=2, action="append", default=[], metavar=("JOINT", "SINGLE"), help="networks to compare"
    )
    parser.add_argument(
        "--compared", nargs="*", default=[], help="names of the variants that this one is compared with"
    )
    parser.add_argument(
        "--variants", type=Path, nargs="*", default=[], help="primary model's predictions, one table per --compared"
    )
    parser.add_argument(
        "--variant-thresholds", type=Path, nargs="*", default=[], help="primary model's threshold, one per --compared"
    )
    parser.add_argument("--out", type=Path, required=True)
    return parser


if __name__ == "__main__":
    run_job(main)
