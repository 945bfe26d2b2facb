"""Train a network on the crops of each fold, for one task or several together, and score the images it has not seen."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.folds import divide_groups, read_groups
from sonomics.core.jobs import progress, run_job
from sonomics.core.registry import load
from sonomics.core.schemas import CROPS, PREDICTIONS, SCREENED
from sonomics.core.seeds import seed_for
from sonomics.core.settings.crop import Analysis
from sonomics.core.settings.training import Trained
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.kinds.models.network import JOINT
from sonomics.kinds.tasks import TASKS
from sonomics.networks.architectures.heads import TaskClassifier
from sonomics.networks.fusion.build import BUILT_BY, build_for_rows
from sonomics.networks.inputs import Inputs
from sonomics.networks.training.fit import Training, Watched, fit, predict
from sonomics.networks.weights.load import load_choice
from sonomics.networks.weights.state import to_tensors
from sonomics.train.fold.job import model_parser, tabulate_columns
from sonomics.train.fold.rows import Division, choose_crops, divide, mark_fitted_for_any, read_cases_of
from sonomics.train.heads.task_head import TaskHead
from sonomics.train.inputs.rows import read_rows
from sonomics.train.inputs.variables import count_numbers

FEWEST_IMAGES = 2
FLIP = "flip"
# What of an image decides with which others it is joined.
OF_IMAGES = ["exam", "instance", "frame", "time_s", "sharpness"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the weights, how to rebuild the network, its training curve and its predictions."""
    args = parse_arguments(argv)
    analysis = args.settings.crop.analysis
    settings = args.settings.train.models[args.model]
    name, task_weights = (JOINT, settings.together.weights) if settings.together else (args.task[0], {})

    screened = read_table(args.images, SCREENED)
    crops = choose_crops(read_tables(args.crops, CROPS), screened, analysis).merge(screened[["image", *OF_IMAGES]])
    rows = read_rows(crops, read_cohort(args.cohort, args.settings.study), settings)
    cases = read_cases_of(args.task, args)
    heads = {task: head_of(task, args).choose(args.settings.study.tasks[task]) for task in args.task}
    for fold in progress(args.fold, "folds"):
        divisions = {task: divide(rows.table, cases[task], fold, settings.predictor) for task in args.task}
        check_divisions(divisions, args)
        fitted, scored = mark_fitted_for_any(divisions.values()), divisions[args.task[0]].scored
        seed = seed_for(args.settings.study.seed, "train", args.model, name, fold)
        scales = rows.fit_scales(fitted)
        inputs, weights = rows.give(scales), load_choice(settings.weights, settings.architecture)
        backbone = build_for_rows(settings, count_numbers(scales), seed, weights)
        model = TaskClassifier(backbone, heads, seed, settings.dropout, task_weights)
        targets = np.column_stack([division.outcomes for division in divisions.values()])
        inner = mark_inner(rows.table, targets, fitted, seed, args) if settings.stop else np.zeros_like(fitted)
        watched = Watched(inputs.take(torch.from_numpy(inner)), targets[inner]) if settings.stop else None
        learned = fitted & ~inner
        training = train_as(settings)
        curves = fit(model, inputs.take(torch.from_numpy(learned)), targets[learned], training, seed, watched)

        write_predictions(rows.table, divisions, model, predict_rows(model, inputs, scored, settings.test_time), args)
        with replacing(args.out / fold / "weights.safetensors") as temporary:
            temporary.write_bytes(save(to_tensors(model)))
        network = {key: value for key, value in settings.plain().items() if key in BUILT_BY}
        about = {"heads": heads, "images": int(learned.sum()), "scales": scales, "joined": rows.counts}
        about["inner_images"] = int(inner.sum())
        write_json(args.out / fold / "state.json", {**network, **{key: value for key, value in about.items() if value}})
        with replacing(args.out / fold / "curves.csv") as temporary:
            pd.DataFrame(curves).to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = model_parser(__doc__)
    parser.add_argument("--task", nargs="+", required=True, help="task, or the tasks that one network learns together")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    return parser.parse_args(argv)


def head_of(task: str, args: argparse.Namespace) -> TaskHead:
    """Return how a network learns a task of the study."""
    head: TaskHead = load(TASKS.get(args.settings.study.tasks[task].type).head)
    return head


def check_divisions(divisions: Mapping[str, Division], args: argparse.Namespace) -> None:
    """Stop a fold whose training images cannot teach one of the tasks.

    Raises
    ------
    StudyError
        With fewer than two images with a known outcome, labels of one class, or no event.
    """
    for task, division in divisions.items():
        images = int(division.fitted.sum())
        if images < FEWEST_IMAGES:
            raise _too_few(args.model, task, images, args.settings.crop.analysis)
        if gap := head_of(task, args).find_gap(division.outcomes[division.fitted]):
            rule = f"the training images of fold {division.fold} have {gap} for the task {task}"
            fix = "see results/metrics/crop.json for images without a crop, state fewer folds, or leave the task out"
            raise StudyError(f"train.models.{args.model}", rule, fix)


def train_as(settings: Trained) -> Training:
    """Return how a network is trained, from its settings."""
    stated = {field.name for field in fields(Training)} & set(Trained.model_fields)
    patience = settings.stop.patience if settings.stop else None
    return Training(**{name: getattr(settings, name) for name in sorted(stated)}, patience=patience)


def mark_inner(
    rows: pd.DataFrame, targets: NDArray[np.float64], fitted: NDArray[np.bool_], seed: int, args: argparse.Namespace
) -> NDArray[np.bool_]:
    """Mark the inner part of the training rows of a fold: whole patients, and whole groups of patients.

    Parameters
    ----------
    rows : DataFrame
        With `patient`.
    targets : (rows, columns) array
        It is stratified by the last column of the first task, the label or the event; where that is unknown, by that.
    fitted : (rows,) array of bool
    seed : int
    args : Namespace

    Raises
    ------
    StudyError
        When a class has a single patient, so that no part can be set apart.
    """
    count = round(1 / args.settings.train.models[args.model].stop.share)
    first = head_of(args.task[0], args).choose(args.settings.study.tasks[args.task[0]])
    strata = np.nan_to_num(targets[fitted, 1 if first["kind"] == "hazards" else 0], nan=-1.0)
    groups = rows.loc[fitted, "patient"].map(read_groups(args.folds)).to_numpy(dtype=str)
    parts = divide_groups(groups, strata, count, seed_for(seed, "inner part"))
    if parts is None:
        rule = "a class has a single training patient, so that no inner part can be set apart"
        raise StudyError(f"train.models.{args.model}.stop", rule, "take stop out, or state fewer folds")
    inner = np.zeros_like(fitted)
    inner[np.flatnonzero(fitted)[parts == 0]] = True
    return inner


def predict_rows(
    model: TaskClassifier, inputs: Inputs, rows: NDArray[np.bool_], test_time: str
) -> dict[str, NDArray[np.float64]]:
    """Predict the probabilities of each task, (marked rows, columns); a study may have none to score."""
    if rows.any():
        seen = inputs.take(torch.from_numpy(rows))
        values = predict(model, seen)
        values = (values + predict(model, seen.mirror())) / 2 if test_time == FLIP else values
        return model.split_columns(values, "predicted")
    return {task: np.empty((0, model.head_of(task).predicted)) for task in model.task_weights}


def write_predictions(
    rows: pd.DataFrame,
    divisions: Mapping[str, Division],
    model: TaskClassifier,
    probabilities: Mapping[str, NDArray[np.float64]],
    args: argparse.Namespace,
) -> None:
    """Write the predictions of each task; those of tasks learned together into the folders of the tasks."""
    for task, division in divisions.items():
        stated = args.settings.study.tasks[task]
        columns = head_of(task, args).predict(probabilities[task], model.head_of(task), stated)
        table = tabulate_columns(rows, division, columns, args.variant, args.model, task)
        folder = args.out.parent / task if args.settings.train.models[args.model].together else args.out
        write_table(table, folder / division.fold / "predictions.parquet", PREDICTIONS)


def _too_few(model: str, task: str, images: int, analysis: Analysis) -> StudyError:
    outlines = f"the outlines of {analysis.reader}, session {analysis.session}"
    count = "one" if images else "no"
    rule = f"{count} training image with a known label of {task} has a crop in {outlines}, and a network needs two"
    return StudyError(f"train.models.{model}", rule, "see results/metrics/crop.json, and check crop.analysis")


if __name__ == "__main__":
    run_job(main)
