"""Combine and calibrate one final model, and freeze its threshold; training scores are cross-fitted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.stack import FinalModel
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.stack.final_model.base_scores import gives_probabilities
from sonomics.stack.final_model.chain import Chain, Steps
from sonomics.stack.final_model.final import tabulate_weights
from sonomics.stack.final_model.nested import compare_labels
from sonomics.stack.methods.calibration import apply_calibrator, fit_calibrator
from sonomics.stack.methods.combination import apply_combination, fit_combination

Floats = NDArray[np.float64]


def check_calibration(calibration: str, model: str, settings: FinalModel, predictions: pd.DataFrame) -> None:
    """Check that a final model's scores are log odds where they are not calibrated.

    Parameters
    ----------
    calibration : str
        `stack.calibration`.
    model : str
    settings : FinalModel
        One of `stack.models`.
    predictions : DataFrame
        Of its base models.

    Raises
    ------
    StudyError
        When they are not: those of a single base model that gives no probabilities, and means of several.
    """
    if CALIBRATIONS.get(calibration).is_fitted:
        return
    first, *others = settings.of
    where, fix = "params.yaml, stack.calibration", "calibrate by platt or isotonic"
    if others and not COMBINATIONS.get(settings.weights).gives_log_odds:
        raise StudyError(where, f"{model} is a mean of scores, which is not a probability", fix)
    if not others and not gives_probabilities(predictions[predictions["model"] == first]):
        raise StudyError(where, f"{model} is made of {first} alone, whose scores are not probabilities", fix)


def fit_final_model(
    scores: pd.DataFrame,
    labels: pd.Series,
    threshold: str,
    calibration: str,
    weights: str,
    scale: Callable[[Floats], Floats] = np.asarray,
) -> dict[str, Any]:
    """Combine, calibrate and freeze one final model.

    Parameters
    ----------
    scores : DataFrame
        From `join_base_scores`.
    labels : Series
        Known training labels by case.
    threshold : str
        Name of a kind of threshold, `stack.threshold`.
    calibration : str
        As `fit_calibrator`'s method.
    weights : str
        As those of `fit_combination`.
    scale : callable
        From a combined score to what is calibrated, log odds; by itself the score, which is on that scale.

    Returns
    -------
    dict
        `stack` and `calibrator` (states fitted on all training cases), `thresholds`, the frames `weights` and
        `nested`, and the frame `cases`: `patient, case, split, fold, score, probability`, those of training cases from
        fits that never saw their labels.
    """
    in_training = scores.index.get_level_values("split") == TRAIN
    training, tests = scores[in_training], scores[~in_training]
    about = training.index.to_frame()
    label_of, folds = about["case"].map(labels).astype(float), about["fold"]
    known = label_of.notna().to_numpy()
    known_labels = np.asarray(label_of[known], dtype=np.float64)

    def fit_calibration(values: Floats, outcomes: pd.Series) -> dict[str, Any]:
        return fit_calibrator(scale(values), np.asarray(outcomes, dtype=np.float64), calibration)

    def apply_calibration(state: dict[str, Any], values: Floats) -> Floats:
        return apply_calibrator(state, scale(values))

    fit_weights = partial(fit_combination, weights=weights)
    chain = Chain(training, label_of, folds, Steps(fit_weights, apply_combination, fit_calibration, apply_calibration))
    stack, calibrator = chain.weights(), chain.calibrator()
    choose = THRESHOLDS.build(threshold)
    cutoff = choose(known_labels, chain.probabilities()[known])
    test_score = apply_combination(stack, tests)
    cases = pd.concat([training, tests]).index.to_frame(index=False)
    cases["score"] = np.concatenate([chain.scores(), test_score])
    cases["probability"] = np.concatenate([chain.probabilities(), apply_calibration(calibrator, test_score)])
    thresholds = {"rule": threshold, "on": "probability", "cutoff": cutoff.cutoff, "reason": cutoff.reason}
    return {
        "stack": stack, "calibrator": calibrator, "thresholds": thresholds, "weights": tabulate_weights(chain),
        "nested": compare_labels(chain, choose), "cases": cases,
    }  # fmt: skip
