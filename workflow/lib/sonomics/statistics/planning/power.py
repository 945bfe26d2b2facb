"""Power of a test of an AUC and of a log-rank test."""

from math import ceil, log, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from sonomics.statistics.discrimination.auc import hanley_mcneil_se
from sonomics.statistics.inputs import check_shares

NAN = float("nan")


def auc_power(area: float, positives: int, negatives: int, null: float = 0.5, alpha: float = 0.05) -> float:
    """Compute the power to tell an AUC from a null value by a two-sided z test (Hanley JA, McNeil BJ, Radiology 1982).

    Parameters
    ----------
    area : float
    positives, negatives : int
    null, alpha : float
        Null value of the AUC, and significance level.

    Returns
    -------
    float
        NaN without both classes.
    """
    se, se_null = (hanley_mcneil_se(value, positives, negatives) for value in (area, null))
    if np.isnan(se) or se <= 0:
        return NAN
    return float(ndtr((abs(area - null) - float(ndtri(1 - alpha / 2)) * se_null) / se))


def log_rank_events(hazard_ratio: float, share: float = 0.5, power: float = 0.8, alpha: float = 0.05) -> int:
    """Compute the events that a two-sided log-rank test of two groups needs (Schoenfeld DA, Biometrics 1983).

    Parameters
    ----------
    hazard_ratio : float
        Positive, not 1.
    share : float
        Share of the patients who are in the first group.
    power, alpha : float
    """
    check_shares(share, power, alpha)
    if hazard_ratio <= 0 or hazard_ratio == 1:
        raise ValueError("a hazard ratio to detect must be positive and not 1")
    quantiles = float(ndtri(1 - alpha / 2)) + float(ndtri(power))
    return ceil(quantiles**2 / (share * (1 - share) * log(hazard_ratio) ** 2))


def log_rank_power(events: int, hazard_ratio: float, share: float = 0.5, alpha: float = 0.05) -> float:
    """Compute the power of a two-sided log-rank test with a number of events; otherwise as `log_rank_events`."""
    check_shares(share, alpha)
    return float(ndtr(sqrt(events * share * (1 - share)) * abs(log(hazard_ratio)) - float(ndtri(1 - alpha / 2))))
