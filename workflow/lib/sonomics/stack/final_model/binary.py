"""The final model of a binary task: one score and one probability a case."""

import numpy as np
import pandas as pd

from sonomics.core.registry import load
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.stack import Stack
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.pools import POOLS
from sonomics.stack.final_model.base_scores import (
    gives_probabilities,
    join_base_scores,
    join_given_scores,
    mixture_to_log_odds,
)
from sonomics.stack.final_model.final import Final
from sonomics.stack.final_model.fit import check_calibration, fit_final_model
from sonomics.stack.final_model.points import tabulate_points
from sonomics.statistics.regression.nomogram import build_nomogram


def fit(
    predictions: pd.DataFrame, outcomes: pd.DataFrame, model: str, settings: Stack, threshold: str, task: Task
) -> Final:
    """Combine, calibrate and freeze one final model.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of the base models of one task.
    outcomes : DataFrame
        From `training_outcomes`.
    model : str
        One of `stack.models`.
    settings : Stack
        With one calibration, that of the task.
    threshold : str
        Name of a kind of threshold.
    task : Task

    Raises
    ------
    StudyError
        When scores that are not log odds go without calibration.
    """
    final, calibration = settings.models[model], str(settings.calibration)
    check_calibration(calibration, model, final, predictions)
    pool, is_given = POOLS.get(settings.pool_of(model)), COMBINATIONS.get(final.weights).takes_as_given
    if pool.to_log_odds or (is_given and len(final.of) > 1):
        scores = join_given_scores(predictions, final.of, pool.name, settings.eps)
        scale = load(pool.to_log_odds) if pool.to_log_odds else mixture_to_log_odds
    else:
        scores = join_base_scores(predictions, final.of, pool.name, settings.eps)
        scale = np.asarray
    fitted = fit_final_model(scores, outcomes[LABEL], threshold, calibration, final.weights, scale)
    nomogram = build_nomogram({}, [])
    if scale is np.asarray:
        training = scores[scores.index.get_level_values("split") == TRAIN]
        probabilities = [str(base) for base in scores if gives_probabilities(predictions[predictions["model"] == base])]
        nomogram = tabulate_points(fitted["stack"], fitted["calibrator"], training, probabilities)
    values = fitted["cases"].melt(["patient", "case", "split", "fold"], var_name="kind", value_name="value")
    values = values.assign(**{"class": "1"}, horizon=np.nan)
    return Final(
        fitted["stack"], fitted["calibrator"], fitted["thresholds"], nomogram, fitted["weights"], fitted["nested"],
        values,
    )  # fmt: skip
