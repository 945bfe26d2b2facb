"""Train a network on the crops of each fold, for one task or several together, and score the images it has not seen."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.images import read_grey
from sonomics.core.jobs import progress, run_job
from sonomics.core.registry import load
from sonomics.core.schemas import CROPS, PREDICTIONS, SCREENED
from sonomics.core.seeds import seed_for
from sonomics.core.settings.crop import Analysis
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.kinds.models.network import JOINT
from sonomics.kinds.tasks import TASKS
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import TaskClassifier
from sonomics.networks.inputs import Inputs, stack_images
from sonomics.networks.training.fit import Training, fit, predict
from sonomics.networks.weights.load import load_choice
from sonomics.networks.weights.state import to_tensors
from sonomics.train.fold.job import model_parser, tabulate_columns
from sonomics.train.fold.rows import Division, choose_crops, divide, mark_fitted_for_any, read_cases_of
from sonomics.train.heads.task_head import TaskHead

FEWEST_IMAGES = 2


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the weights, how to rebuild the network, its training curve and its predictions."""
    args = parse_arguments(argv)
    analysis = args.settings.crop.analysis
    settings = args.settings.train.models[args.model]
    name, weights = (JOINT, settings.together.weights) if settings.together else (args.task[0], {})

    crops = choose_crops(read_tables(args.crops, CROPS), read_table(args.images, SCREENED), analysis)
    cases = read_cases_of(args.task, args)
    heads = {task: head_of(task, args).choose(args.settings.study.tasks[task]) for task in args.task}
    images = Inputs.of_images(stack_images([read_grey(Path(file)) for file in crops["file"]], settings.size))
    for fold in progress(args.fold, "folds"):
        divisions = {task: divide(crops, cases[task], fold, settings.predictor) for task in args.task}
        check_divisions(divisions, args)
        fitted, scored = mark_fitted_for_any(divisions.values()), divisions[args.task[0]].scored
        seed = seed_for(args.settings.study.seed, "train", args.model, name, fold)
        architecture, size = settings.architecture, settings.size
        backbone = build(architecture, seed, load_choice(settings.weights, architecture), size)
        model = TaskClassifier(backbone, heads, seed, weights=weights)
        training = Training(settings.epochs, settings.batch, settings.learning_rate, settings.weight_decay)
        targets = np.column_stack([division.outcomes[fitted] for division in divisions.values()])
        curves = fit(model, images.take(torch.from_numpy(fitted)), targets, training, seed)

        write_predictions(crops, divisions, model, predict_rows(model, images, scored), args)
        with replacing(args.out / fold / "weights.safetensors") as temporary:
            temporary.write_bytes(save(to_tensors(model)))
        network = {key: settings.plain()[key] for key in ("architecture", "size", "weights")}
        write_json(args.out / fold / "state.json", {**network, "heads": heads, "images": int(fitted.sum())})
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


def predict_rows(model: TaskClassifier, images: Inputs, rows: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """Predict the probabilities of each task, (marked rows, columns); a study may have none to score."""
    if rows.any():
        return model.split_columns(predict(model, images.take(torch.from_numpy(rows))), "predicted")
    return {task: np.empty((0, model.head_of(task).predicted)) for task in model.task_weights}


def write_predictions(
    crops: pd.DataFrame,
    divisions: Mapping[str, Division],
    model: TaskClassifier,
    probabilities: Mapping[str, NDArray[np.float64]],
    args: argparse.Namespace,
) -> None:
    """Write the predictions of each task; those of tasks learned together into the folders of the tasks."""
    for task, division in divisions.items():
        stated = args.settings.study.tasks[task]
        columns = head_of(task, args).predict(probabilities[task], model.head_of(task), stated)
        table = tabulate_columns(crops, division, columns, args.variant, args.model, task)
        folder = args.out.parent / task if args.settings.train.models[args.model].together else args.out
        write_table(table, folder / division.fold / "predictions.parquet", PREDICTIONS)


def _too_few(model: str, task: str, images: int, analysis: Analysis) -> StudyError:
    outlines = f"the outlines of {analysis.reader}, session {analysis.session}"
    count = "one" if images else "no"
    rule = f"{count} training image with a known label of {task} has a crop in {outlines}, and a network needs two"
    return StudyError(f"train.models.{model}", rule, "see results/metrics/crop.json, and check crop.analysis")


if __name__ == "__main__":
    run_job(main)
