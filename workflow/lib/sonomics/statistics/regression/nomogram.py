"""A linear model as points: those of each value of a variable, and what a sum of points means."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from sonomics.core.svg import ticks

VARIABLE, TOTAL, PROBABILITY = "variable", "total", "probability"
CLASS = "class"
MOST, FEWEST = 100.0, 4
# Beyond it, the exponential overflows.
LARGEST = 700.0
COLUMNS = ["kind", "axis", "label", "points"]
PROBABILITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
ODDS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)


class Scale(NamedTuple):
    """A line below the total points, on which a sum of them is read.

    Attributes
    ----------
    name : str
    constant : float
        Linear predictor when nothing is added.
    read : callable
        Linear predictor -> what is shown; ascending.
    place : callable
        Its inverse.
    usual : tuple of float
        Round values to mark.
    top : float
        What is shown lies between 0 and this, and reaches neither.
    """

    name: str
    constant: float
    read: Callable[[float], float]
    place: Callable[[float], float]
    usual: tuple[float, ...]
    top: float


def scale_probability(constant: float, name: str = "Probability") -> Scale:
    """Read a probability from its log odds."""
    return Scale(name, constant, lambda linear: float(expit(linear)), lambda p: float(logit(p)), PROBABILITIES, 1.0)


def scale_odds(constant: float, name: str) -> Scale:
    """Read odds from their logarithm."""
    return Scale(name, constant, _exponentiate, lambda odds: float(np.log(odds)), ODDS, float("inf"))


def scale_events(
    times: ArrayLike, hazard: ArrayLike, last: float, constant: float, horizons: Sequence[float]
) -> list[Scale]:
    """Read the probability of an event by each horizon from a log hazard ratio.

    Parameters
    ----------
    times, hazard : array_like, shape (m,)
        Event times in months, ascending, and the cumulative baseline hazard there.
    last : float
        Last follow-up.
    constant : float
        Log hazard ratio when nothing is added.
    horizons : sequence of float

    Returns
    -------
    list of Scale
        Horizons beyond the last follow-up, or before the first event, have none.
    """
    cumulative = np.concatenate([[0.0], np.asarray(hazard, dtype=np.float64)])
    reached = cumulative[np.searchsorted(np.asarray(times, dtype=np.float64), horizons, side="right")]
    return [
        Scale(
            f"Event by {horizon:g} months",
            constant + float(np.log(of_horizon)),
            lambda linear: float(-np.expm1(-_exponentiate(linear))),
            lambda p: float(np.log(-np.log1p(-p))),
            PROBABILITIES,
            1.0,
        )
        for horizon, of_horizon in zip(horizons, reached, strict=True)
        if of_horizon > 0 and horizon <= last
    ]


def build_nomogram(axes: Mapping[str, Sequence[tuple[str, float]]], scales: Sequence[Scale]) -> pd.DataFrame:
    """Turn the terms of a linear model into points.

    Parameters
    ----------
    axes : mapping of str to sequence of (str, float)
        Variable -> marks: a value in words, and what it adds to the linear predictor.
    scales : sequence of Scale
        What is read below the sum.

    Returns
    -------
    DataFrame
        `kind, axis, label, points`: the marks of every variable, the total points, and, in total points, the values of
        each scale that the variables can reach. A variable's lowest mark has 0 points; the variable that changes the
        linear predictor most spans 100. Empty when no variable changes it.

    References
    ----------
    Iasonos A, Schrag D, Raj GV, Panageas KS, J Clin Oncol 2008.
    """
    lowest = {name: min(added for _, added in marks) for name, marks in axes.items()}
    spans = {name: max(added for _, added in marks) - lowest[name] for name, marks in axes.items()}
    widest = max(spans.values(), default=0.0)
    if not widest > 0:
        return pd.DataFrame(columns=COLUMNS)
    unit = MOST / widest
    rows: list[tuple[str, str, str, float]] = [
        (VARIABLE, name, label, (added - lowest[name]) * unit) for name, marks in axes.items() for label, added in marks
    ]
    total = unit * sum(spans.values())
    step = 10.0 if total <= 200 else 50.0
    rows += [(TOTAL, "Total points", f"{points:g}", float(points)) for points in np.arange(0, total + step / 2, step)]
    for scale in scales:
        start = scale.constant + sum(lowest.values())
        for value in _round(scale, scale.read(start), scale.read(start + total / unit)):
            rows.append((PROBABILITY, scale.name, f"{value:g}", unit * (scale.place(value) - start)))
    return pd.DataFrame(rows, columns=COLUMNS)


def join_nomograms(of_class: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the nomograms of several classes below each other, told apart by a first column `class`."""
    tables = [table.assign(**{CLASS: name}) for name, table in of_class.items()]
    filled = [table for table in tables if len(table)]
    joined = pd.concat(filled or tables[:1], ignore_index=True)
    return joined[[CLASS, *COLUMNS]]


def _exponentiate(linear: float) -> float:
    return float(np.exp(min(linear, LARGEST)))


def _round(scale: Scale, least: float, most: float) -> list[float]:
    """Choose the values to mark between a lowest and a highest one."""
    usual = [value for value in scale.usual if least <= value <= most]
    return usual if len(usual) >= FEWEST else [value for value in ticks(least, most) if 0 < value < scale.top]
