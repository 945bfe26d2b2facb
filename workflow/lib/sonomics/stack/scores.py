"""Turn base models' predictions into one calibrated probability per case, with a threshold frozen on training cases."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.files import write_csv, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.tables import read_tables, write_table
from sonomics.stack.final_model.base_scores import gives_probabilities, join_base_scores
from sonomics.stack.final_model.fit import check_calibration, fit_final_model
from sonomics.stack.final_model.points import tabulate_points


def main(argv: Sequence[str] | None = None) -> None:
    """Write predictions (score and probability), threshold, nomogram, and the states of stack and calibrator."""
    args = parse_arguments(argv)
    study, settings = args.settings.study, args.settings.stack
    predictions = read_tables(args.predictions, PREDICTIONS)
    labels = training_labels(read_cohort(args.cohort, study), args.task, study, read_folds(args.folds))
    for model in args.models:
        of_model = settings.models[model]
        check_calibration(settings.calibration, model, of_model, predictions)
        scores = join_base_scores(predictions, of_model.of, settings.pool)
        threshold = settings.threshold_of(args.task, study.tasks[args.task])
        final = fit_final_model(scores, labels, threshold, settings.calibration, of_model.weights)
        folder = args.out / model / args.task
        write_states(folder, final)
        write_nomogram(folder, final, scores, predictions)
        write_predictions(folder, final["cases"], model, args)


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--models", nargs="+", required=True, help="names of the final models of the task")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the variant")
    return parser.parse_args(argv)


def write_states(folder: Path, final: Mapping[str, Any]) -> None:
    """Write the states of stack and calibrator, and the frozen threshold."""
    write_json(folder / "state.json", final["stack"])
    write_json(folder / "calibrator.json", final["calibrator"])
    write_json(folder / "thresholds.json", final["thresholds"])


def write_nomogram(folder: Path, final: Mapping[str, Any], scores: pd.DataFrame, predictions: pd.DataFrame) -> None:
    """Write the points of the nomogram over the base models."""
    training = scores[scores.index.get_level_values("split") == TRAIN]
    probabilities = [str(base) for base in scores if gives_probabilities(predictions[predictions["model"] == base])]
    write_csv(folder / "nomogram.csv", tabulate_points(final["stack"], final["calibrator"], training, probabilities))


def write_predictions(folder: Path, cases: pd.DataFrame, model: str, args: argparse.Namespace) -> None:
    """Write the score and the probability of every case."""
    about = {"image": "", "variant": args.variant, "model": model, "task": args.task, "class": "1"}
    kinds = cases.melt(["patient", "case", "split", "fold"], var_name="kind", value_name="value")
    write_table(kinds.assign(**about, horizon=np.nan), folder / "predictions.parquet", PREDICTIONS)


if __name__ == "__main__":
    run_job(main)
