"""A logistic model as points: the points of each value of a variable, and the probability of a sum of points."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from sonomics.core.svg import ticks

VARIABLE, TOTAL, PROBABILITY = "variable", "total", "probability"
MOST, FEWEST = 100.0, 4
COLUMNS = ["kind", "axis", "label", "points"]
_SHOWN = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def build_nomogram(axes: Mapping[str, Sequence[tuple[str, float]]], intercept: float) -> pd.DataFrame:
    """Turn the terms of a logistic model into points.

    Parameters
    ----------
    axes : mapping of str to sequence of (str, float)
        Variable -> marks: a value in words, and what it adds to the log odds.
    intercept : float
        Log odds when nothing is added.

    Returns
    -------
    DataFrame
        `kind, axis, label, points`: the marks of every variable, the total points, and, in total points, the
        probabilities that the variables can reach. A variable's lowest mark has 0 points; the variable that changes the
        log odds most spans 100. Empty when no variable changes them.

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
    start = intercept + sum(lowest.values())
    for probability in _round(*expit([start, start + total / unit])):
        rows.append((PROBABILITY, "Probability", f"{probability:g}", unit * (float(logit(probability)) - start)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _round(least: float, most: float) -> list[float]:
    """Choose the probabilities to mark between a lowest and a highest one."""
    usual = [probability for probability in _SHOWN if least <= probability <= most]
    return usual if len(usual) >= FEWEST else [probability for probability in ticks(least, most) if 0 < probability < 1]
