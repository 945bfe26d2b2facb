"""A final model as the points of a nomogram over the scores of its base models."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from sonomics.core.svg import covering
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.statistics.regression.nomogram import (
    ODDS,
    build_nomogram,
    join_nomograms,
    scale_events,
    scale_odds,
    scale_probability,
)

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
        return build_nomogram({}, [])
    slope, intercept = (calibrator["slope"], calibrator["intercept"]) if kind.is_fitted else (1.0, 0.0)
    axes = {}
    for position, model in enumerate(stack["models"]):
        weight = slope * stack["weight"][position] / stack["sd"][position]
        least, most = float(training[model].min()), float(training[model].max())
        marks = mark_probabilities(least, most) if model in probabilities else mark_scores(least, most)
        axes[model] = [(label, weight * (value - stack["mean"][position])) for label, value in marks]
    return build_nomogram(axes, [scale_probability(intercept + slope * stack["intercept"])])


def tabulate_risk_points(
    stack: dict[str, Any], calibrator: dict[str, Any], training: pd.DataFrame, horizons: Sequence[float]
) -> pd.DataFrame:
    """Turn a final model of risks into points: the sum tells the probability of the event by each horizon.

    Parameters
    ----------
    stack, calibrator : dict
        States, the calibrator from `fit_hazard`.
    training : DataFrame
        Risks of the training cases, from `join_risks`; marks reach from the least to the largest.
    horizons : sequence of float
        In months.

    Returns
    -------
    DataFrame
        Empty where the risk has no effect.
    """
    slope = calibrator["slope"]
    axes = {}
    for position, model in enumerate(stack["models"]):
        weight = slope * stack["weight"][position] / stack["sd"][position]
        marks = mark_scores(float(training[model].min()), float(training[model].max()))
        axes[model] = [(label, weight * (value - stack["mean"][position])) for label, value in marks]
    constant = slope * (stack["intercept"] - calibrator["centre"])
    scales = scale_events(calibrator["times"], calibrator["hazard"], calibrator["last"], constant, horizons)
    return build_nomogram(axes, scales)


def tabulate_class_points(
    stack: dict[str, Any],
    calibrator: dict[str, Any],
    training: NDArray[np.float64],
    classes: Sequence[str],
    probabilities: Sequence[str] = (),
) -> pd.DataFrame:
    """Turn a final model of several classes into one nomogram a class, told apart by `class`.

    A base model adds to the log odds of a class to the first one what it says of the same odds; the sum tells the odds
    of the final model. A class has the probability odds / (1 + sum of all odds).

    Parameters
    ----------
    stack, calibrator : dict
        States.
    training : (cases, models, classes) array
        Scores of the training cases, from `join_blocks`; marks reach from the least to the largest difference.
    classes : sequence of str
    probabilities : sequence of str
        The base models whose scores are log probabilities; their marks are odds, those of others differences of scores.

    Returns
    -------
    DataFrame
        Empty where the log odds are no linear function of the scores.
    """
    kind = CALIBRATIONS.get(calibrator["method"])
    if not kind.is_logistic or calibrator["reason"]:
        return build_nomogram({}, [])
    none = [0.0] * len(classes)
    slope, constants = (calibrator["slope"], calibrator["intercept"]) if kind.is_fitted else (1.0, none)
    tables = {}
    for place, name in enumerate(classes[1:], start=1):
        axes = {}
        for position, model in enumerate(stack["models"]):
            weight = slope * stack["weight"][position] / stack["sd"][position]
            difference = training[:, position, place] - training[:, position, 0]
            least, most = float(difference.min()), float(difference.max())
            marks = mark_odds(least, most) if model in probabilities else mark_scores(least, most)
            axes[model] = [(label, weight * value) for label, value in marks]
        constant = slope * (stack["intercept"][place] - stack["intercept"][0]) + constants[place] - constants[0]
        tables[name] = build_nomogram(axes, [scale_odds(constant, f"Odds of {name} to {classes[0]}")])
    return join_nomograms(tables)


def mark_scores(least: float, most: float) -> list[tuple[str, float]]:
    """Name round scores that cover a range."""
    return [(f"{value:g}", value) for value in covering(least, most)]


def mark_probabilities(least: float, most: float) -> list[tuple[str, float]]:
    """Name probabilities that cover a range of log odds, with their log odds."""
    return _cover([(f"{value:g}", float(logit(value))) for value in MARKS], least, most)


def mark_odds(least: float, most: float) -> list[tuple[str, float]]:
    """Name odds that cover a range of their logarithms, with these."""
    return _cover([(f"{value:g}", float(np.log(value))) for value in ODDS], least, most)


def _cover(marks: list[tuple[str, float]], least: float, most: float) -> list[tuple[str, float]]:
    first = max((position for position, (_, value) in enumerate(marks) if value <= least), default=0)
    last = min((position for position, (_, value) in enumerate(marks) if value >= most), default=len(marks) - 1)
    return marks[first : last + 1]
