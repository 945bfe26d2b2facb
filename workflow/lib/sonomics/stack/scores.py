"""Turn base models' predictions into one calibrated probability a case, with a threshold frozen on the training set."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.errors import StudyError
from sonomics.core.files import write_csv, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.svg import covering
from sonomics.core.tables import read_tables, write_table
from sonomics.stack.calibrate import NONE, NONE_OF_LOG_ODDS, PLATT, apply_calibrator, fit_calibrator
from sonomics.stack.combine import apply_stack, cross_fitted, fit_stack
from sonomics.stack.pool import pool
from sonomics.statistics.cutoffs import accuracy_cutoff, youden_cutoff
from sonomics.statistics.nomogram import nomogram

SCORE = "score"
CUTOFFS = {"youden": youden_cutoff, "accuracy": accuracy_cutoff}


def base_scores(predictions: pd.DataFrame, models: list[str], how: str) -> pd.DataFrame:
    """Put the pooled scores of base models side by side.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column a model; cases that a model has not scored are left out.
    """
    pooled = {
        model: pool(predictions[predictions["model"] == model], how).set_index(["patient", "case", "split", "fold"])
        for model in models
    }
    return pd.concat({model: table["value"] for model, table in pooled.items()}, axis=1, join="inner").sort_index()


def calibration_of(stated: str, model: str, of: list[str], predictions: pd.DataFrame) -> str:
    """Name the calibration of a final model; without one, a stack's scores are log odds.

    Raises
    ------
    StudyError
        When a single base model's scores are no probabilities and are not calibrated.
    """
    if stated != NONE:
        return stated
    if len(of) > 1:
        return NONE_OF_LOG_ODDS
    if (predictions.loc[predictions["model"] == of[0], "kind"] == SCORE).any():
        rule = f"{model} is made of {of[0]} alone, whose scores are no probabilities"
        raise StudyError("params.yaml, stack.calibration", rule, "calibrate by platt or isotonic")
    return NONE


def final_scores(scores: pd.DataFrame, labels: pd.Series, threshold: str, calibration: str = PLATT) -> dict[str, Any]:
    """Stack, calibrate and freeze one final model.

    Parameters
    ----------
    scores : DataFrame
        From `base_scores`.
    labels : Series
        Known training labels by case.
    threshold : {"youden", "accuracy"}
    calibration : str
        As `fit_calibrator`'s method.

    Returns
    -------
    dict
        `stack` and `calibrator` (states fitted on all training cases), `thresholds`, and the frame `cases`: `patient,
        case, split, fold, score, probability`, those of training cases cross-fitted.
    """
    training = scores.index.get_level_values("split") == TRAIN
    own, others = scores[training], scores[~training]
    about = own.index.to_frame()
    truth, folds = about["case"].map(labels).astype(float), about["fold"]
    known = truth.notna().to_numpy()
    outcome = np.asarray(truth[known], dtype=np.float64)

    stack = fit_stack(own[known], truth[known])
    own_score = cross_fitted(own, truth, folds, fit_stack, apply_stack)
    fit = partial(fit_calibrator, method=calibration)
    calibrator = fit(own_score[known], outcome)
    own_probability = cross_fitted(own_score, truth, folds, fit, apply_calibrator)
    chosen = CUTOFFS[threshold](outcome, own_probability[known])
    other_score = apply_stack(stack, others)
    cases = pd.concat([own, others]).index.to_frame(index=False)
    cases["score"] = np.concatenate([own_score, other_score])
    cases["probability"] = np.concatenate([own_probability, apply_calibrator(calibrator, other_score)])
    thresholds = {"rule": threshold, "on": "probability", "cutoff": chosen.cutoff, "reason": chosen.reason}
    return {"stack": stack, "calibrator": calibrator, "thresholds": thresholds, "cases": cases}


def points(stack: dict[str, Any], calibrator: dict[str, Any], own: pd.DataFrame) -> pd.DataFrame:
    """Turn a final model into the points of a nomogram over its base models' scores, as `nomogram` returns them.

    Parameters
    ----------
    stack, calibrator : dict
        States.
    own : DataFrame
        Scores of the training cases, from `base_scores`; marks reach from the least to the largest.

    Returns
    -------
    DataFrame
        Empty where the probability is no logistic function of the scores.
    """
    logistic = calibrator["method"] == PLATT and not calibrator["reason"]
    if not logistic and calibrator["method"] != NONE_OF_LOG_ODDS:
        return nomogram({}, 0.0)
    slope, start = (calibrator["slope"], calibrator["intercept"]) if logistic else (1.0, 0.0)
    axes = {}
    for place, model in enumerate(stack["models"]):
        each = slope * stack["weight"][place] / stack["sd"][place]
        values = covering(float(own[model].min()), float(own[model].max()))
        axes[model] = [(f"{value:g}", each * (value - stack["mean"][place])) for value in values]
    return nomogram(axes, start + slope * stack["intercept"])


def main(argv: Sequence[str] | None = None) -> None:
    """Write predictions (score and probability), threshold, nomogram, and the states of stack and calibrator."""
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the variant")
    args = parser.parse_args(argv)
    study, settings = args.settings["study"], args.settings["stack"]
    predictions = read_tables(args.predictions, PREDICTIONS)
    labels = training_labels(read_cohort(args.cohort, study), args.task, study, read_folds(args.folds))
    for model, stated in settings["models"].items():
        calibration = calibration_of(settings.get("calibration", PLATT), model, stated["of"], predictions)
        scores = base_scores(predictions, stated["of"], settings["pool"])
        final = final_scores(scores, labels, settings["threshold"], calibration)
        folder = args.out / model / args.task
        write_json(folder / "state.json", final["stack"])
        write_json(folder / "calibrator.json", final["calibrator"])
        write_json(folder / "thresholds.json", final["thresholds"])
        training = scores[scores.index.get_level_values("split") == TRAIN]
        write_csv(folder / "nomogram.csv", points(final["stack"], final["calibrator"], training))
        about = {"image": "", "variant": args.variant, "model": model, "task": args.task, "class": "1"}
        kinds = final["cases"].melt(["patient", "case", "split", "fold"], var_name="kind", value_name="value")
        write_table(kinds.assign(**about, horizon=np.nan), folder / "predictions.parquet", PREDICTIONS)


if __name__ == "__main__":
    run_job(main)
