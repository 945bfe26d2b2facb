"""Turn base models' predictions into one calibrated probability a case, with a threshold frozen on the training set."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.errors import StudyError
from sonomics.core.files import write_csv, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.svg import covering
from sonomics.core.tables import read_tables, write_table
from sonomics.stack.calibrate import NONE, PLATT, apply_calibrator, fit_calibrator
from sonomics.stack.combine import EQUAL, FITTED, apply_stack, cross_fitted, fit_stack
from sonomics.stack.pool import pool
from sonomics.statistics.classification.cutoffs import accuracy_cutoff, youden_cutoff
from sonomics.statistics.regression.nomogram import nomogram

SCORE = "score"
# As near to 0 and 1 as a base model's probability counts.
CERTAIN = 1e-3
MARKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
CUTOFFS = {"youden": youden_cutoff, "accuracy": accuracy_cutoff}


def base_scores(predictions: pd.DataFrame, models: list[str], how: str) -> pd.DataFrame:
    """Put the pooled scores of base models side by side; probabilities become log odds, in which stacking is linear.

    A model that found no feature in a fold gives the share of positives there, whatever it gives in the others.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column a model; cases that a model has not scored are left out.
    """
    pooled = {}
    for model in models:
        own = predictions[predictions["model"] == model]
        values = pool(own, how).set_index(["patient", "case", "split", "fold"])["value"]
        stated = values.index.get_level_values("fold").map(own.groupby("fold")["kind"].first().to_dict())
        pooled[model] = values.where(stated == SCORE, log_odds_of(values))
    return pd.concat(pooled, axis=1, join="inner").sort_index()


def gives_probabilities(predictions: pd.DataFrame) -> bool:
    """Tell whether the values of a model are probabilities, and not distances of any size."""
    return not (predictions["kind"] == SCORE).any()


def log_odds_of(probabilities: pd.Series) -> pd.Series:
    """Return log odds; a probability nearer to 0 or 1 than `CERTAIN` counts as that near."""
    return probabilities.clip(CERTAIN, 1 - CERTAIN).transform(logit)


def check_calibration(calibration: str, model: str, stated: Mapping[str, Any], predictions: pd.DataFrame) -> None:
    """Check that a final model's scores are log odds where they are not calibrated.

    Raises
    ------
    StudyError
        When they are not: those of a single base model that gives no probabilities, and means of several.
    """
    if calibration != NONE:
        return
    first, *others = stated["of"]
    where, mend = "params.yaml, stack.calibration", "calibrate by platt or isotonic"
    if others and stated.get("weights", FITTED) == EQUAL:
        raise StudyError(where, f"{model} is a mean of scores, which is no probability", mend)
    if not others and not gives_probabilities(predictions[predictions["model"] == first]):
        raise StudyError(where, f"{model} is made of {first} alone, whose scores are no probabilities", mend)


def final_scores(
    scores: pd.DataFrame, labels: pd.Series, threshold: str, calibration: str = PLATT, weights: str = FITTED
) -> dict[str, Any]:
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
    weights : str
        As those of `fit_stack`.

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

    weigh, fit = partial(fit_stack, weights=weights), partial(fit_calibrator, method=calibration)
    stack = weigh(own[known], truth[known])
    own_score = cross_fitted(own, truth, folds, weigh, apply_stack)
    calibrator = fit(own_score[known], outcome)
    own_probability = cross_fitted(own_score, truth, folds, fit, apply_calibrator)
    chosen = CUTOFFS[threshold](outcome, own_probability[known])
    other_score = apply_stack(stack, others)
    cases = pd.concat([own, others]).index.to_frame(index=False)
    cases["score"] = np.concatenate([own_score, other_score])
    cases["probability"] = np.concatenate([own_probability, apply_calibrator(calibrator, other_score)])
    thresholds = {"rule": threshold, "on": "probability", "cutoff": chosen.cutoff, "reason": chosen.reason}
    return {"stack": stack, "calibrator": calibrator, "thresholds": thresholds, "cases": cases}


def points(
    stack: dict[str, Any], calibrator: dict[str, Any], own: pd.DataFrame, probabilities: Sequence[str] = ()
) -> pd.DataFrame:
    """Turn a final model into the points of a nomogram over its base models' scores, as `nomogram` returns them.

    Parameters
    ----------
    stack, calibrator : dict
        States.
    own : DataFrame
        Scores of the training cases, from `base_scores`; marks reach from the least to the largest.
    probabilities : sequence of str
        The base models whose scores are log odds of probabilities, by which their marks are named.

    Returns
    -------
    DataFrame
        Empty where the probability is no logistic function of the scores.
    """
    logistic = calibrator["method"] == PLATT and not calibrator["reason"]
    if not logistic and calibrator["method"] != NONE:
        return nomogram({}, 0.0)
    slope, start = (calibrator["slope"], calibrator["intercept"]) if logistic else (1.0, 0.0)
    axes = {}
    for place, model in enumerate(stack["models"]):
        each = slope * stack["weight"][place] / stack["sd"][place]
        least, most = float(own[model].min()), float(own[model].max())
        marks = probability_marks(least, most) if model in probabilities else score_marks(least, most)
        axes[model] = [(label, each * (value - stack["mean"][place])) for label, value in marks]
    return nomogram(axes, start + slope * stack["intercept"])


def score_marks(least: float, most: float) -> list[tuple[str, float]]:
    """Name round scores that cover a range."""
    return [(f"{value:g}", value) for value in covering(least, most)]


def probability_marks(least: float, most: float) -> list[tuple[str, float]]:
    """Name probabilities that cover a range of log odds, with their log odds."""
    marks = [(f"{value:g}", float(logit(value))) for value in MARKS]
    first = max((place for place, (_, value) in enumerate(marks) if value <= least), default=0)
    last = min((place for place, (_, value) in enumerate(marks) if value >= most), default=len(marks) - 1)
    return marks[first : last + 1]


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
        calibration = settings.get("calibration", PLATT)
        check_calibration(calibration, model, stated, predictions)
        scores = base_scores(predictions, stated["of"], settings["pool"])
        final = final_scores(scores, labels, settings["threshold"], calibration, stated.get("weights", FITTED))
        folder = args.out / model / args.task
        write_json(folder / "state.json", final["stack"])
        write_json(folder / "calibrator.json", final["calibrator"])
        write_json(folder / "thresholds.json", final["thresholds"])
        training = scores[scores.index.get_level_values("split") == TRAIN]
        odds = [base for base in stated["of"] if gives_probabilities(predictions[predictions["model"] == base])]
        write_csv(folder / "nomogram.csv", points(final["stack"], final["calibrator"], training, odds))
        about = {"image": "", "variant": args.variant, "model": model, "task": args.task, "class": "1"}
        kinds = final["cases"].melt(["patient", "case", "split", "fold"], var_name="kind", value_name="value")
        write_table(kinds.assign(**about, horizon=np.nan), folder / "predictions.parquet", PREDICTIONS)


if __name__ == "__main__":
    run_job(main)
