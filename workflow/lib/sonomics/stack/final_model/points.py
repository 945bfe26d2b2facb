"""A final model as the points of a nomogram over the scores of its base models."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy.special import logit

from sonomics.core.svg import covering
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.statistics.regression.nomogram import build_nomogram

# Probabilities that may be marks of an axis.
MARKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)


def tabulate_points(
    stack: dict[str, Any], calibrator: dict[str, Any], training: pd.DataFrame, probabilities: Sequence[str] = ()
) -> pd.DataFrame:
    """Turn a final model into the points of a nomogram over its base models' scores, as `build_nomogram` returns them.

    Parameters
    ----------
    stack, calibrator : dict
        States.
    training : DataFrame
        Scores of the training cases, from `join_base_scores`; marks reach from the least to the largest.
    probabilities : sequence of str
        The base models whose scores are log odds of probabilities, by which their marks are named.

    Returns
    -------
    DataFrame
        Empty where the probability is not a logistic function of the scores.
    """
    kind = CALIBRATIONS.get(calibrator["method"])
    if not kind.is_logistic or calibrator["reason"]:
        return build_nomogram({}, 0.0)
    slope, intercept = (calibrator["slope"], calibrator["intercept"]) if kind.is_fitted else (1.0, 0.0)
    axes = {}
    for position, model in enumerate(stack["models"]):
        weight = slope * stack["weight"][position] / stack["sd"][position]
        least, most = float(training[model].min()), float(training[model].max())
        marks = mark_probabilities(least, most) if model in probabilities else mark_scores(least, most)
        axes[model] = [(label, weight * (value - stack["mean"][position])) for label, value in marks]
    return build_nomogram(axes, intercept + slope * stack["intercept"])


def mark_scores(least: float, most: float) -> list[tuple[str, float]]:
    """Name round scores that cover a range."""
    return [(f"{value:g}", value) for value in covering(least, most)]


def mark_probabilities(least: float, most: float) -> list[tuple[str, float]]:
    """Name probabilities that cover a range of log odds, with their log odds."""
    marks = [(f"{value:g}", float(logit(value))) for value in MARKS]
    first = max((position for position, (_, value) in enumerate(marks) if value <= least), default=0)
    last = min((position for position, (_, value) in enumerate(marks) if value >= most), default=len(marks) - 1)
    return marks[first : last + 1]
