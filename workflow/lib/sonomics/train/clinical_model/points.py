"""The clinical model as the points of a nomogram."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.svg import covering
from sonomics.statistics.regression.nomogram import (
    build_nomogram,
    join_nomograms,
    scale_events,
    scale_odds,
    scale_probability,
)
from sonomics.train.clinical_model.encoding import is_number

State = dict[str, Any]


def tabulate_points(state: State) -> pd.DataFrame:
    """Turn a binary clinical model into the points of a nomogram, as `build_nomogram` returns them.

    Numbers have marks from the least to the largest of the training rows.
    """
    return build_nomogram(list_axes(state, state["coefficients"]), [scale_probability(state["intercept"])])


def tabulate_ordered_points(state: State) -> pd.DataFrame:
    """Turn a proportional-odds model into points: the sum tells the probability of each class or a later one."""
    scales = [
        scale_probability(-threshold, f"At least {name}")
        for threshold, name in zip(state["thresholds"], state["classes"][1:], strict=True)
    ]
    return build_nomogram(list_axes(state, state["coefficients"]), scales)


def tabulate_class_points(state: State) -> pd.DataFrame:
    """Turn a multinomial model into the points of one nomogram a class, told apart by `class`.

    The sum tells the odds of the class to the first one; a class has the probability odds / (1 + sum of all odds).
    """
    first, *others = state["classes"]
    terms = zip(others, state["intercepts"], state["coefficients"], strict=True)
    return join_nomograms(
        {
            name: build_nomogram(list_axes(state, coefficients), [scale_odds(intercept, f"Odds of {name} to {first}")])
            for name, intercept, coefficients in terms
        }
    )


def tabulate_risk_points(state: State, horizons: Sequence[float]) -> pd.DataFrame:
    """Turn a Cox model into points: the sum tells the probability of the event by each horizon that has a hazard."""
    constant = -float(np.dot(state["coefficients"], state["centre"]))
    scales = scale_events(state["times"], state["hazard"], state["last"], constant, horizons)
    return build_nomogram(list_axes(state, state["coefficients"]), scales)


def list_axes(state: State, coefficients: Sequence[float]) -> dict[str, list[tuple[str, float]]]:
    """List the marks of every variable that entered, with what each adds to the linear predictor."""
    coefficient_of = dict(zip(state["names"], coefficients, strict=True))
    axes = {}
    for name in state["entered"]:
        encoding = state["encodings"][name]
        if is_number(encoding):
            values = covering(encoding["low"], encoding["high"]) if name in coefficient_of else []
            axes[name] = [(f"{value:g}", value * coefficient_of[name]) for value in values]
        else:
            axes[name] = [(level, coefficient_of.get(f"{name}={level}", 0.0)) for level in encoding["levels"]]
    return {name: marks for name, marks in axes.items() if marks}
