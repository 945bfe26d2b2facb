"""A cutoff for each of several classes, and the class that exceeds its cutoff most."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.classification.cutoffs import youden_cutoff
from sonomics.statistics.estimates import Floats


def youden_cutoffs(codes: ArrayLike, probabilities: ArrayLike) -> Floats:
    """Choose the cutoff of each class against the rest with the largest Youden index; ties go to the lowest.

    Parameters
    ----------
    codes : array_like of int, shape (n,)
        Place of the class of each case.
    probabilities : array_like, shape (n, classes)

    Returns
    -------
    ndarray, shape (classes,)
        NaN for a class that no case has, or all have.

    References
    ----------
    Youden WJ, Cancer 1950.
    """
    places, values = np.asarray(codes), np.asarray(probabilities, dtype=np.float64)
    chosen = [youden_cutoff(places == place, values[:, place]).cutoff for place in range(values.shape[1])]
    return np.array(chosen, dtype=np.float64)


def exceed_most(probabilities: ArrayLike, cutoffs: ArrayLike) -> Floats:
    """Return the place of the class whose probability exceeds its cutoff most, or falls short of it least.

    Parameters
    ----------
    probabilities : array_like, shape (n, classes)
    cutoffs : array_like, shape (classes,)
        A class with a cutoff of NaN is never decided.

    Returns
    -------
    ndarray, shape (n,)
        Of equal ones the first class; NaN when no class has a cutoff, and for a row with a NaN.
    """
    values, cuts = np.asarray(probabilities, dtype=np.float64), np.asarray(cutoffs, dtype=np.float64)
    if np.isnan(cuts).all():
        return np.full(len(values), np.nan)
    margins = np.where(np.isnan(cuts), -np.inf, values - cuts)
    margins = np.where(np.isnan(values), -np.inf, margins)
    return np.where(np.isnan(values).any(axis=1), np.nan, margins.argmax(axis=1))
