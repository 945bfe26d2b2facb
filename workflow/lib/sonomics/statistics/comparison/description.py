"""Descriptions of variables for a table of patient characteristics."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sonomics.statistics.estimates import Estimate, not_estimable
from sonomics.statistics.inputs import drop_missing

NAN = float("nan")


class NumberSummary(NamedTuple):
    """A continuous variable: n known, n missing, mean, SD (n - 1), median, type-7 quartiles; NaN when undefined."""

    n: int
    missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float


def describe_number(values: ArrayLike) -> NumberSummary:
    """Describe a continuous variable.

    Parameters
    ----------
    values : array_like, shape (n,)
        NaN = missing: counted, not used.
    """
    array = np.asarray(values, dtype=np.float64)
    known = drop_missing(array)
    missing = array.size - known.size
    if not known.size:
        return NumberSummary(0, missing, NAN, NAN, NAN, NAN, NAN)
    sd = float(known.std(ddof=1)) if known.size > 1 else NAN
    q1, median, q3 = (float(quartile) for quartile in np.quantile(known, [0.25, 0.5, 0.75]))
    return NumberSummary(known.size, missing, float(known.mean()), sd, median, q1, q3)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate a mean with Student's t interval (Student 1908).

    Parameters
    ----------
    values : array_like, shape (n,)
        NaN = missing: not used.
    level : float

    Returns
    -------
    Estimate
        Not estimable without values; no interval when there is only one.
    """
    known = drop_missing(np.asarray(values, dtype=np.float64))
    if not known.size:
        return not_estimable("no value")
    mean = float(known.mean())
    if known.size == 1:
        return Estimate(mean, reason="only one value")
    se = float(known.std(ddof=1)) / np.sqrt(known.size)
    half = float(stdtrit(known.size - 1, 0.5 + level / 2)) * se
    return Estimate(mean, mean - half, mean + half, se)


def describe_levels(values: Sequence[object] | pd.Series) -> pd.DataFrame:
    """Count the levels of a categorical variable.

    Parameters
    ----------
    values : sequence, length n
        None or NaN = missing: counted in a last row, not part of the percentages.

    Returns
    -------
    DataFrame
        `level, n, percent`, sorted by level as text; the row of missing values has level None and percent NaN and is
        there only if some are missing.
    """
    series = pd.Series(values, dtype=object)
    known = series.dropna()
    counts = known.astype(str).value_counts().sort_index()
    table = pd.DataFrame(
        {
            "level": counts.index,
            "n": counts.to_numpy(),
            "percent": 100 * counts.to_numpy() / max(1, known.size),
        }
    )
    table["level"] = table["level"].astype(object)
    if known.size == series.size:
        return table
    missing = pd.DataFrame({"level": [None], "n": [series.size - known.size], "percent": [NAN]}, dtype=object)
    return pd.concat([table.astype(object), missing], ignore_index=True).astype({"n": int, "percent": float})
