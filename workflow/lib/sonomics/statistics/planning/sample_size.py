"""Sample size of a prediction model by the criteria of Riley."""

from math import ceil, exp, log, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sonomics.statistics.inputs import check_shares

# The criteria as published: shrinkage 0.9, optimism of R2 at most 0.05, margin of error of the risk 0.05, at 1.96.
SHRINKAGE, OPTIMISM, MARGIN, Z = 0.9, 0.05, 0.05, 1.96
_REFERENCE = 10_000


class BinarySize(NamedTuple):
    """Sample size of each criterion and of all, with what it implies.

    `n1` small shrinkage, `n2` small optimism of R2, `n3` precise overall risk; `n` the largest; `shrinkage2` that of
    criterion 2; `events_per_parameter` at `n`.
    """

    n1: int
    n2: int
    n3: int
    n: int
    max_r2: float
    nagelkerke: float
    shrinkage2: float
    events: float
    events_per_parameter: float


class SurvivalSize(NamedTuple):
    """Patients for criteria 1 and 2 and together; `risk` by the time point with its interval at `n` patients."""

    n1: int
    n2: int
    n: int
    max_r2: float
    shrinkage2: float
    events: float
    risk: float
    lower: float
    upper: float


def binary_size(parameters: int, r2: float, prevalence: float, shrinkage: float = SHRINKAGE) -> BinarySize:
    """Compute the smallest development sample of a model of a binary outcome.

    Parameters
    ----------
    parameters : int
        Candidate predictor parameters, not selected ones.
    r2 : float
        Expected adjusted Cox-Snell R2.
    prevalence : float
        In (0, 1).
    shrinkage : float
        Target shrinkage, in (0, 1).

    Raises
    ------
    ValueError
        If R2 is not between 0 and the largest this prevalence allows, or a share is not in (0, 1).

    References
    ----------
    Riley RD et al., Stat Med 2019 (38:1276); Riley RD et al., BMJ 2020.
    """
    check_shares(prevalence, shrinkage)
    largest = 1 - exp(2 * (prevalence * log(prevalence) + (1 - prevalence) * log(1 - prevalence)))
    _check_r2(r2, largest, shrinkage)
    second = r2 / (r2 + OPTIMISM * largest)
    n1, n2 = _for_shrinkage(parameters, r2, shrinkage), _for_shrinkage(parameters, r2, second)
    n3 = ceil((Z / MARGIN) ** 2 * prevalence * (1 - prevalence))
    n = max(n1, n2, n3)
    return BinarySize(n1, n2, n3, n, largest, r2 / largest, second, n * prevalence, n * prevalence / parameters)


def survival_size(
    parameters: int, r2: float, rate: float, timepoint: float, follow_up: float, shrinkage: float = SHRINKAGE
) -> SurvivalSize:
    """Compute the smallest development sample of a model of a time to event.

    Parameters
    ----------
    parameters : int
    r2 : float
        Expected adjusted Cox-Snell R2.
    rate : float
        Events per person and unit of time, overall.
    timepoint : float
        Time of the risk to be predicted.
    follow_up : float
        Mean follow-up.
    shrinkage : float

    Raises
    ------
    ValueError
        As `binary_size`.

    References
    ----------
    Riley RD et al., Stat Med 2019 (38:1276).
    """
    check_shares(shrinkage)
    if min(rate, timepoint, follow_up) <= 0:
        raise ValueError("rate, time point and follow-up must be positive")
    events = ceil(rate * (_REFERENCE * follow_up))
    null = events * log(events / _REFERENCE) - events
    largest = 1 - exp(2 * null / _REFERENCE)
    _check_r2(r2, largest, shrinkage)
    second = r2 / (r2 + OPTIMISM * largest)
    n1, n2 = _for_shrinkage(parameters, r2, shrinkage), _for_shrinkage(parameters, r2, second)
    n = max(n1, n2)
    half = Z * sqrt(rate / (n * follow_up))
    risk, lower, upper = (1 - exp(-value * timepoint) for value in (rate, max(0.0, rate - half), rate + half))
    return SurvivalSize(n1, n2, n, largest, second, n * follow_up * rate, risk, lower, upper)


def r2_of_c(c: float, prevalence: float) -> float:
    """Compute the Cox-Snell R2 of a model with a given C statistic, its linear predictor normal in either class.

    Parameters
    ----------
    c : float
        In (0.5, 1).
    prevalence : float
        In (0, 1).

    Returns
    -------
    float
        The large-sample value, by quadrature: 1 - exp(-2 x mean gain in log-likelihood).

    References
    ----------
    Riley RD, Van Calster B, Collins GS, Stat Med 2021 (there by simulation).
    """
    check_shares(prevalence)
    if not 0.5 < c < 1:
        raise ValueError(f"a C statistic must lie between 0.5 and 1, not {c}")
    shift = sqrt(2) * float(ndtri(c))
    points = np.linspace(-12.0, 12.0 + shift, 200_001)
    linear = log(prevalence / (1 - prevalence)) + shift * points - shift**2 / 2
    density = [np.exp(-((points - centre) ** 2) / 2) / sqrt(2 * np.pi) for centre in (shift, 0.0)]
    gain = prevalence * density[0] * -np.logaddexp(0, -linear) + (1 - prevalence) * density[1] * -np.logaddexp(
        0, linear
    )
    null = prevalence * log(prevalence) + (1 - prevalence) * log(1 - prevalence)
    return float(-np.expm1(-2 * (np.trapezoid(gain, points) - null)))


def _for_shrinkage(parameters: int, r2: float, shrinkage: float) -> int:
    return ceil(parameters / ((shrinkage - 1) * log(1 - r2 / shrinkage)))


def _check_r2(r2: float, largest: float, shrinkage: float) -> None:
    if not 0 < r2 < min(largest, shrinkage):
        raise ValueError(f"R2 must lie between 0 and {min(largest, shrinkage):.3f} here, not {r2}")
