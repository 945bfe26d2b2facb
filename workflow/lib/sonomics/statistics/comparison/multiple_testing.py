"""Corrections of p values for the number of tests."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats


def no_correction(p: ArrayLike) -> Floats:
    """Return the p values as they are."""
    return np.asarray(p, dtype=np.float64)


def bonferroni(p: ArrayLike) -> Floats:
    """Multiply by the number of tests, at most 1. Undefined p values stay NaN and are not counted (Bonferroni 1936)."""
    values = no_correction(p)
    return np.minimum(1.0, values * np.count_nonzero(~np.isnan(values)))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Control the false discovery rate (Benjamini Y, Hochberg Y, J R Stat Soc B 1995).

    Parameters
    ----------
    p : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        The smallest rate at which each test is rejected (R's `p.adjust(method = "BH")`); NaN where p is.
    """
    from scipy.stats import false_discovery_control

    values = no_correction(p)
    corrected = np.full(values.shape, np.nan)
    known = ~np.isnan(values)
    if known.any():
        corrected[known] = false_discovery_control(values[known])
    return corrected


def holm(p: ArrayLike) -> Floats:
    """Control the family-wise error, stepping down (Holm S, Scand J Stat 1979); NaN as in `benjamini_hochberg`."""
    values = no_correction(p)
    corrected = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(order.size, 0, -1)))
    return corrected


def hochberg(p: ArrayLike) -> Floats:
    """Control the family-wise error of independent tests, stepping up (Hochberg Y, Biometrika 1988)."""
    return _stepwise(p, "simes-hochberg")


def benjamini_yekutieli(p: ArrayLike) -> Floats:
    """Control the false discovery rate of dependent tests (Benjamini Y, Yekutieli D, Ann Stat 2001)."""
    return _stepwise(p, "fdr_by")


def _stepwise(p: ArrayLike, method: str) -> Floats:
    from statsmodels.stats.multitest import multipletests

    values = no_correction(p)
    corrected = np.full(values.shape, np.nan)
    known = ~np.isnan(values)
    if known.any():
        corrected[known] = np.minimum(1.0, multipletests(values[known], method=method)[1])
    return corrected


CORRECTIONS: Mapping[str, Callable[[ArrayLike], Floats]] = {
    "none": no_correction,
    "bh": benjamini_hochberg,
    "bonferroni": bonferroni,
}
