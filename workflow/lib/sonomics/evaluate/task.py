"""Evaluate every model of one variant on one task: tables as CSV and JSON, figures as SVG and PDF."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.cohort import IDENTITY, OPTIONAL, OUTCOME, read_roster, read_unmasked_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, replacing, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN
from sonomics.core.readings import read_readings
from sonomics.core.schemas import PREDICTIONS, SCREENED
from sonomics.core.settings.study import Study
from sonomics.core.tables import read_table, read_tables
from sonomics.core.tasks import horizon_of
from sonomics.evaluate.analyses import named_columns, optional_tables
from sonomics.evaluate.cases import PLANTED, Model, labels_of, model_from, scored_cases
from sonomics.evaluate.entries import Sampling
from sonomics.evaluate.optional.classes import class_tables
from sonomics.evaluate.optional.external_models import outside_model, read_outside
from sonomics.evaluate.readers.study import reader_tables
from sonomics.evaluate.robustness.label_aware import label_aware_table, read_left_out
from sonomics.evaluate.robustness.single_images import image_table
from sonomics.evaluate.tables import Beside, Tables, evaluate

SIMULATOR = "simulator"
# What the table of cases keeps of the cohort, beside labels and scores.
KEPT = (*IDENTITY, *OPTIONAL, *OUTCOME)


def read_planted(path: Path) -> pd.Series:
    """Read the planted risk of a simulated cohort, indexed by case."""
    roster = read_roster(path)
    if PLANTED not in roster:
        raise StudyError(str(path), f"a simulated cohort has the column {PLANTED}", "draft it with `sonomics query`")
    return roster.set_index("case")[PLANTED].astype(float)


def read_study(path: Path, study: Study, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Read the cohort with every label, and with the columns that subgroups, treatment and classes name."""
    treatment = [settings["treatment"]] if "treatment" in settings else []
    asked = [question["column"] for question in settings.get("classes", {}).values()]
    named = [*named_columns(settings), *settings.get("subgroups", {}), *treatment, *asked]
    further = [*study.clinical, *named]
    return read_unmasked_cohort(path, study.model_copy(update={"clinical": list(dict.fromkeys(further))}))


def with_outside(
    models: list[Model], predictions: pd.DataFrame, stated: Mapping[str, Any], task: str, cohort: pd.DataFrame,
    labels: pd.Series,
) -> tuple[list[Model], pd.DataFrame]:  # fmt: skip
    """Add the models from elsewhere, and their predictions, to the study's own."""
    own = {model.name for model in models}
    added, tables = [], [predictions]
    for name, source in stated.items():
        if name in own:
            where = f"params.yaml, evaluate.external_models.{name}"
            raise StudyError(where, "a final model of the study has this name", "give it another name")
        table = read_outside(name, source, task, cohort)
        added.append(outside_model(name, source, table, labels))
        tables.append(table)
    return [*models, *added], pd.concat(tables, ignore_index=True)


def write_tables(folder: Path, tables: Tables) -> None:
    """Write every table as CSV, and all of them as evaluation.json: name to columns and rows."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.8g")
    plain = {name: {"columns": list(table), "rows": table.to_numpy(dtype=object)} for name, table in tables.items()}
    write_json(folder / "evaluation.json", plain)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the folder of one task: a CSV a table, an SVG a figure and split, and all figures in one PDF."""
    args = _parser().parse_args(argv)
    study, settings = args.settings.study, args.settings["evaluate"]
    simulated = args.settings["export"]["source"] == SIMULATOR
    cohort = read_study(args.cohort, study, settings)
    labels = labels_of(cohort, args.task, study, read_folds(args.folds))
    predictions = pd.concat([read_table(path, PREDICTIONS) for path in args.predictions], ignore_index=True)
    names = [path.parts[-3] for path in args.predictions]
    models = [model_from(name, read_json(path)) for name, path in zip(names, args.thresholds, strict=True)]
    models.sort(key=lambda model: model.name != settings["primary"])
    if args.variant == MAIN:
        outside = settings.get("external_models", {})
        models, predictions = with_outside(models, predictions, outside, args.task, cohort, labels)
    cases = scored_cases(cohort, labels, predictions, read_planted(args.cohort) if simulated else None)
    base = read_tables(args.base_predictions, PREDICTIONS)
    beside = Beside(
        clinical=study.clinical,
        horizon=horizon_of(study.tasks[args.task]),
        parameters=max(1, len(args.settings["stack"]["models"][settings["primary"]]["of"])),
        images=read_table(args.images, SCREENED),
        variants={path.parts[-4]: read_table(path, PREDICTIONS) for path in args.variants},
    )
    made = evaluate(cases, models, beside, settings, study.seed)
    made["images"] = image_table(pd.concat([base, predictions], ignore_index=True), labels, settings["level"])
    made["cases"] = cases[[name for name in cases if name not in cohort or name in KEPT]]
    if args.variant == MAIN:
        readings = read_readings(args.readers, set(cohort["case"]), set(study["tasks"]))
        made |= reader_tables(readings, args.task, cases, models[0], settings["level"])
        made |= optional_tables(cases, models, settings)
        made |= class_tables(cohort, settings["classes"], settings["level"]) if "classes" in settings else {}
    if stated := settings.get("label_aware"):
        sampling = Sampling(settings["level"], settings["bootstrap"], study["seed"])
        left_out = read_left_out(stated, args.cohort, args.images, args.qc)
        made["label_aware"] = label_aware_table(cases, models, left_out, sampling)
    with replacing(args.out) as folder:
        folder.mkdir()
        write_tables(folder, made)
        from sonomics.evaluate.figures.sheet import draw

        draw(folder, made, models[0].name, simulated)


def _parser() -> argparse.ArgumentParser:
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True, help="screened images: whose scanner made what")
    parser.add_argument("--readers", type=Path, required=True, help="data/readers.csv; used in the main run")
    parser.add_argument("--qc", type=Path, nargs="?", help="folder of the QC classifier, for evaluate.label_aware")
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="<model>/<task>/predictions.parquet")
    parser.add_argument("--thresholds", type=Path, nargs="+", required=True, help="in the order of --predictions")
    parser.add_argument("--base-predictions", type=Path, nargs="*", default=[], help="of base models, by image or case")
    parser.add_argument("--variants", type=Path, nargs="*", default=[], help="the primary model in other variants")
    parser.add_argument("--out", type=Path, required=True)
    return parser


if __name__ == "__main__":
    run_job(main)
