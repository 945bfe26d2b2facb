"""McNemar's test of two classifications of the same cases."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, chdtrc, gammaln

NAN = float("nan")


class McNemar(NamedTuple):
    """Discordant pairs and their tests.

    Attributes
    ----------
    b, c : int
        Cases that only the first, and only the second, got right.
    chi2, p : float
        Without continuity correction, one degree of freedom; NaN without a discordant pair.
    chi2_corrected, p_corrected : float
        With Edwards' correction, not below 0; NaN without a discordant pair.
    p_exact, p_mid : float
        Binomial, two-sided; 1 without a discordant pair.
    reason : str
    """

    b: int
    c: int
    chi2: float
    p: float
    chi2_corrected: float
    p_corrected: float
    p_exact: float
    p_mid: float
    reason: str = ""


def mcnemar(first_right: ArrayLike, second_right: ArrayLike) -> McNemar:
    """Compare how often two classifications of the same cases are right.

    Parameters
    ----------
    first_right, second_right : array_like of bool, shape (n,)

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    McNemar Q, Psychometrika 1947; Edwards AL, Psychometrika 1948; Fagerland MW et al., BMC Med Res Methodol 2013.
    """
    first, second = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    if first.shape != second.shape:
        raise ValueError(f"two classifications of the same cases are needed, got shapes {first.shape}, {second.shape}")
    return mcnemar_counts(int((first & ~second).sum()), int((~first & second).sum()))


def mcnemar_counts(b: int, c: int) -> McNemar:
    """Compute McNemar's tests from the two discordant counts; result as `mcnemar`."""
    total, fewer = b + c, min(b, c)
    if total == 0:
        return McNemar(b, c, NAN, NAN, NAN, NAN, 1.0, 1.0, "no discordant pair")
    chi2 = (b - c) ** 2 / total
    corrected = max(abs(b - c) - 1, 0) ** 2 / total
    exact = min(1.0, 2.0 * float(bdtr(fewer, total, 0.5)))
    observed = float(np.exp(gammaln(total + 1) - gammaln(b + 1) - gammaln(c + 1) - total * np.log(2.0)))
    mid = 1.0 - observed / 2.0 if b == c else exact - observed
    return McNemar(b, c, chi2, float(chdtrc(1, chi2)), corrected, float(chdtrc(1, corrected)), exact, mid)
