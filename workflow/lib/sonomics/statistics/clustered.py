"""Statistics of images when patients, not images, are the independent units."""

from statistics import mean
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import ONE_CLASS, Estimate, Floats, normal_quantile, numbers, outcome
from sonomics.statistics.roc import placements

NAN = float("nan")


class ClusteredAuc(NamedTuple):
    """AUC of images with an interval by patients, and how many patients have positive and negative images."""

    area: Estimate
    clusters: int
    with_positives: int
    with_negatives: int


def clustered_auc(y: ArrayLike, score: ArrayLike, cluster: ArrayLike, level: float = 0.95) -> ClusteredAuc:
    """AUC of clustered observations with Obuchowski's standard error.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Outcome of every image; a patient may have images of both classes.
    score : array_like, shape (n,)
    cluster : array_like, shape (n,)
        Patient of every image.
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    ClusteredAuc
        Equal to DeLong's when every patient has one image. NaN with one class; no interval when fewer than two
        patients have images of a class.

    References
    ----------
    Obuchowski NA, Biometrics 1997.
    """
    positive = outcome(y)
    values = numbers(score, positive.size)
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    count = names.size
    m, n = int(positive.sum()), int((~positive).sum())
    positives, negatives = np.bincount(code[positive], minlength=count), np.bincount(code[~positive], minlength=count)
    with_positives, with_negatives = int((positives > 0).sum()), int((negatives > 0).sum())
    if m == 0 or n == 0:
        return ClusteredAuc(Estimate(NAN, reason=ONE_CLASS), count, with_positives, with_negatives)
    of_positives, of_negatives = placements(positive, values)
    area = float(of_positives.mean())
    if min(with_positives, with_negatives) < 2:
        unknown = Estimate(area, reason="fewer than two patients in a class")
        return ClusteredAuc(unknown, count, with_positives, with_negatives)
    d10 = np.bincount(code[positive], of_positives, minlength=count) - positives * area
    d01 = np.bincount(code[~positive], of_negatives, minlength=count) - negatives * area
    s10 = with_positives / ((with_positives - 1) * m) * (d10**2).sum()
    s01 = with_negatives / ((with_negatives - 1) * n) * (d01**2).sum()
    s11 = count / (count - 1) * (d10 * d01).sum()
    se = float(np.sqrt(max(0.0, s10 / m + s01 / n + 2 * s11 / (m * n))))
    half = normal_quantile(level) * se
    estimate = Estimate(area, max(0.0, area - half), min(1.0, area + half), se)
    return ClusteredAuc(estimate, count, with_positives, with_negatives)


def clustered_proportion(hits: ArrayLike, cluster: ArrayLike, level: float = 0.95) -> Estimate:
    """Share of hits with the cluster-robust standard error sqrt(K / (K - 1) sum_k (sum of residuals)^2) / n.

    Parameters
    ----------
    hits : array_like of bool, shape (n,)
    cluster : array_like, shape (n,)
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    Estimate
        NaN without rows; no interval with a single patient.

    References
    ----------
    Liang KY, Zeger SL, Biometrika 1986.
    """
    values = np.asarray(hits, dtype=np.float64)
    if not values.size:
        return Estimate(NAN, reason="no cases")
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    share = float(values.mean())
    if names.size < 2:
        return Estimate(share, reason="fewer than two patients")
    residuals = np.bincount(code, values - share)
    se = float(np.sqrt(names.size / (names.size - 1) * (residuals**2).sum()) / values.size)
    half = normal_quantile(level) * se
    return Estimate(share, max(0.0, share - half), min(1.0, share + half), se)


def per_patient(score: ArrayLike, cluster: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Mean and largest score of every patient, and the patient's outcome.

    Parameters
    ----------
    score : array_like, shape (n,)
    cluster : array_like, shape (n,)
    y : array_like of 0/1, shape (n,)
        Outcome of the patient, repeated on all images.

    Returns
    -------
    mean, largest, outcome : ndarray, shape (patients,)
        Patients in sorted order.

    Raises
    ------
    ValueError
        If a patient has two outcomes.
    """
    positive = outcome(y)
    values = numbers(score, positive.size)
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    order, sizes = np.argsort(code, kind="stable"), np.bincount(code, minlength=names.size)
    cases = np.bincount(code, positive, minlength=names.size)
    if not np.isin(cases / np.maximum(sizes, 1), (0.0, 1.0)).all():
        raise ValueError("a patient has two outcomes")
    largest = np.full(names.size, -np.inf)
    np.maximum.at(largest, code, values)
    # Exact means: equal ones must tie, whatever the order of the images.
    means = [mean(scores.tolist()) for scores in np.split(values[order], sizes.cumsum()[:-1])] if names.size else []
    return np.array(means, dtype=np.float64), largest, (cases > 0).astype(np.float64)
