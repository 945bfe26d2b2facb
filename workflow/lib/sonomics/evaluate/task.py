"""Evaluate every model of one variant on one task: tables as CSV, figures as SVG and PDF."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.cohort import read_roster, read_unmasked_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, replacing
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.params import MAIN
from sonomics.core.readings import read_readings
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_table
from sonomics.evaluate.baseline import baseline_table
from sonomics.evaluate.cases import PLANTED, Model, count_splits, labels_of, model_from, scored_cases
from sonomics.evaluate.curves import calibration_table, comparison_table, decision_table, roc_table
from sonomics.evaluate.label_aware import label_aware_table, read_left_out
from sonomics.evaluate.optional import named_columns, optional_tables
from sonomics.evaluate.outcomes import cox_table, has_follow_up, kaplan_meier_table, risk_group_table, risk_groups
from sonomics.evaluate.performance import Sampling, performance
from sonomics.evaluate.reader_study import draw_reader_plates, reader_tables

SIMULATOR = "simulator"

Tables = dict[str, pd.DataFrame]


def evaluate(
    cases: pd.DataFrame, models: list[Model], clinical: list[str], settings: dict[str, Any], seed: int
) -> Tables:
    """Make all tables of one task.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    models : list of Model
        The primary one first.
    clinical : list of str
        Clinical columns of `cases`.
    settings : dict
        The `evaluate` section of params.
    seed : int
        Of the study.

    Returns
    -------
    dict of str to DataFrame
        Table name (the CSV's) to table. Those on follow-up are there when the cohort has `time` and `event`.
    """
    primary, *others = models
    level = settings["level"]
    sampling = Sampling(level, settings["bootstrap"], seed)
    tables = {
        "splits": count_splits(cases, primary),
        "baseline": baseline_table(cases, primary, clinical),
        "performance": performance(cases, models, sampling),
        "roc": roc_table(cases, models),
        "calibration": calibration_table(cases, models, level),
        "decision": decision_table(cases, models, settings["decision_thresholds"], sampling),
        "comparison": comparison_table(cases, primary, others, sampling),
        "cases": cases.drop(columns=clinical),
    }
    if has_follow_up(cases):
        groups = risk_groups(cases, primary)
        splits = list(tables["splits"]["split"])
        tables["kaplan_meier"] = kaplan_meier_table(groups, level)
        tables["risk_groups"] = risk_group_table(groups, splits, level)
        tables["cox"] = cox_table(cases, primary, clinical, level)
    return tables


def draw(folder: Path, cases: pd.DataFrame, tables: Tables, primary: Model, simulated: bool) -> None:
    """Draw the figures of every split into a folder: an SVG each, and all of them as pages of figures.pdf."""
    from sonomics.evaluate import figures
    from sonomics.evaluate.style import draw_plate, open_pdf

    curves = (tables["calibration"], tables["decision"])
    calibration, decision = (table[table["model"] == primary.name] for table in curves)
    kinds = {
        "roc": (91, lambda figure, split: figures.draw_roc(figure, tables["roc"], tables["performance"], split)),
        "calibration": (91, lambda figure, split: figures.draw_calibration(figure, calibration, split)),
        "decision": (72, lambda figure, split: figures.draw_decision(figure, decision, split)),
    }
    if has_follow_up(cases):
        curves_of_groups, comparison = tables["kaplan_meier"], tables["risk_groups"].set_index("split")
        kinds["kaplan_meier"] = (
            84,
            lambda figure, split: figures.draw_kaplan_meier(figure, curves_of_groups, comparison.loc[split], split),
        )
    plates = [(kind, split) for kind in kinds for split in tables["splits"]["split"]]
    with open_pdf(folder / "figures.pdf") as pages:
        for kind, split in progress(plates, "figures"):
            height, draw_split = kinds[kind]
            draw_plate(folder / f"{kind}_{split}.svg", pages, height, simulated, partial(draw_split, split=split))
        draw_reader_plates(folder, pages, tables, primary.name, simulated)


def read_planted(path: Path) -> pd.Series:
    """Read the planted risk of a simulated cohort, indexed by case."""
    roster = read_roster(path)
    if PLANTED not in roster:
        raise StudyError(str(path), f"a simulated cohort has the column {PLANTED}", "draft it with `sonomics query`")
    return roster.set_index("case")[PLANTED].astype(float)


def is_main(predictions: Sequence[pd.DataFrame]) -> bool:
    """Tell the main run from its variants, in which nobody reads anew."""
    return all((table["variant"] == MAIN).all() for table in predictions)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the folder of one task: a CSV a table, an SVG a figure and split, and all figures in one PDF."""
    parser = job_parser(__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--readers", type=Path, required=True, help="data/readers.csv; used in the main run")
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="<model>/<task>/predictions.parquet")
    parser.add_argument("--thresholds", type=Path, nargs="+", required=True, help="in the order of --predictions")
    parser.add_argument("--images", type=Path, nargs="?", help="data/clean/images.parquet, for evaluate.label_aware")
    parser.add_argument("--qc", type=Path, nargs="?", help="folder of the QC classifier, for evaluate.label_aware")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    study, settings = args.settings["study"], args.settings["evaluate"]
    simulated = args.settings["export"]["source"] == SIMULATOR
    tables = [read_table(path, PREDICTIONS) for path in args.predictions]
    names = [path.parts[-3] for path in args.predictions]
    models = [model_from(name, read_json(path)) for name, path in zip(names, args.thresholds, strict=True)]
    models.sort(key=lambda model: model.name != settings["primary"])
    cohort = read_unmasked_cohort(args.cohort, {**study, "clinical": [*study["clinical"], *named_columns(settings)]})
    planted = read_planted(args.cohort) if simulated else None
    labels = labels_of(cohort, args.task, study, read_folds(args.folds))
    cases = scored_cases(cohort, labels, pd.concat(tables, ignore_index=True), planted)
    readings = read_readings(args.readers, set(cohort["case"]), set(study["tasks"]))
    made = evaluate(cases, models, study["clinical"], settings, study["seed"])
    if is_main(tables):
        made |= reader_tables(readings, args.task, cases, models[0], settings["level"])
        made |= optional_tables(cases, models, settings)
    if stated := settings.get("label_aware"):
        left_out = read_left_out(stated, args.cohort, args.images, args.qc)
        sampling = Sampling(settings["level"], settings["bootstrap"], study["seed"])
        made["label_aware"] = label_aware_table(cases, models, left_out, sampling)
    with replacing(args.out) as folder:
        folder.mkdir()
        for name, table in made.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.8g")
        draw(folder, cases, made, models[0], simulated)


if __name__ == "__main__":
    run_job(main)
