"""Power of a test of an AUC and of a log-rank test."""

from math import ceil, log, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from sonomics.statistics.discrimination.auc import hanley_mcneil_se
from sonomics.statistics.inputs import check_shares

NAN = float("nan")


def auc_power(area: float, positives: int, negatives: int, null: float = 0.5, alpha: float = 0.05) -> float:
    """Power to tell an AUC from a null value with a two-sided z test (Hanley JA, McNeil BJ, Radiology 1982).

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
    """Events that a two-sided log-rank test of two groups needs (Schoenfeld DA, Biometrics 1983).

    Parameters
    ----------
    hazard_ratio : float
        Positive, not 1.
    share : float
        Of the patients, in one of the groups.
    power, alpha : float
    """
    check_shares(share, power, alpha)
    if hazard_ratio <= 0 or hazard_ratio == 1:
        raise ValueError("a hazard ratio to detect is positive and not 1")
    quantiles = float(ndtri(1 - alpha / 2)) + float(ndtri(power))
    return ceil(quantiles**2 / (share * (1 - share) * log(hazard_ratio) ** 2))


def log_rank_power(events: int, hazard_ratio: float, share: float = 0.5, alpha: float = 0.05) -> float:
    """Power of a two-sided log-rank test with so many events (Schoenfeld); arguments as `log_rank_events`."""
    check_shares(share, alpha)
    return float(ndtr(sqrt(events * share * (1 - share)) * abs(log(hazard_ratio)) - float(ndtri(1 - alpha / 2))))
