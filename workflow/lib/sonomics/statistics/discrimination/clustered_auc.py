"""AUC of images when patients, not images, are the independent units."""

from statistics import mean
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.discrimination.auc import placement_values
from sonomics.statistics.discrimination.auc_comparison import AucDifference, compare_aucs
from sonomics.statistics.estimates import ONE_CLASS, Estimate, Floats, normal_quantile
from sonomics.statistics.inputs import check_outcome, check_scores

NAN = float("nan")

FEW_PATIENTS = "fewer than two patients in a class"


class ClusteredAuc(NamedTuple):
    """AUC of images, with an interval over patients, and the numbers of patients with positive and negative images."""

    area: Estimate
    clusters: int
    with_positives: int
    with_negatives: int


def clustered_auc(y: ArrayLike, score: ArrayLike, cluster: ArrayLike, level: float = 0.95) -> ClusteredAuc:
    """Compute the AUC of clustered observations with Obuchowski's standard error.

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
    positive = check_outcome(y)
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    with_positives, with_negatives = (np.unique(code[members]).size for members in (positive, ~positive))
    aucs, covariance = clustered_auc_covariance(positive, np.atleast_2d(np.asarray(score, dtype=np.float64)), code)
    area, se = float(aucs[0]), float(np.sqrt(covariance[0, 0]))
    reason = ONE_CLASS if np.isnan(area) else FEW_PATIENTS if np.isnan(se) else ""
    half = normal_quantile(level) * se
    estimate = Estimate(area, _within(area - half), _within(area + half), se, reason)
    return ClusteredAuc(estimate, names.size, with_positives, with_negatives)


def compare_clustered_aucs(
    y: ArrayLike, a: ArrayLike, b: ArrayLike, cluster: ArrayLike, level: float = 0.95
) -> AucDifference:
    """Compare the AUCs of two scores of the same clustered observations, a minus b.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    a, b : array_like, shape (n,)
    cluster : array_like, shape (n,)
        Patient of every image.
    level : float
        Confidence level of the difference.

    Returns
    -------
    AucDifference
        As `auc_comparison.delong_test`, to which it is equal when every patient has one image.

    References
    ----------
    Obuchowski NA, Biometrics 1997.
    """
    scores = np.stack([np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)])
    return compare_aucs(*clustered_auc_covariance(y, scores, cluster), level, FEW_PATIENTS)


def clustered_auc_covariance(y: ArrayLike, scores: ArrayLike, cluster: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the AUCs of several scores of the same clustered observations and their covariance matrix.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    scores : array_like, shape (m, n)
    cluster : array_like, shape (n,)

    Returns
    -------
    aucs : ndarray, shape (m,)
        NaN when only one class is present.
    covariance : ndarray, shape (m, m)
        NaN when fewer than two patients have images of a class.
    """
    positive = check_outcome(y)
    values = np.atleast_2d(check_scores(scores, positive.size))
    code = np.unique(np.asarray(cluster), return_inverse=True)[1]
    m, n, models = int(positive.sum()), int((~positive).sum()), len(values)
    unknown = np.full((models, models), np.nan)
    if m == 0 or n == 0:
        return unknown[0], unknown
    of_positives, of_negatives = placement_values(positive, values)
    aucs = of_positives.mean(axis=1)
    with_positives, with_negatives = (np.unique(code[members]).size for members in (positive, ~positive))
    if min(with_positives, with_negatives) < 2:
        return aucs, unknown
    count = int(code.max()) + 1
    d10, d01 = (
        np.stack([np.bincount(code[members], row, minlength=count) for row in shares - aucs[:, None]])
        for members, shares in ((positive, of_positives), (~positive, of_negatives))
    )
    s10 = with_positives / (with_positives - 1) * d10 @ d10.T
    s01 = with_negatives / (with_negatives - 1) * d01 @ d01.T
    s11 = count / (count - 1) * d10 @ d01.T
    covariance = s10 / m**2 + s01 / n**2 + (s11 + s11.T) / (m * n)
    # A negative variance comes from rounding, or from patients who cancel out.
    return aucs, np.where(np.eye(models, dtype=bool), np.maximum(covariance, 0.0), covariance)


def pool_by_patient(score: ArrayLike, cluster: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Compute the mean and the largest score of every patient, and the patient's outcome.

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
    positive = check_outcome(y)
    values = check_scores(score, positive.size)
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    order, sizes = np.argsort(code, kind="stable"), np.bincount(code, minlength=names.size)
    cases = np.bincount(code, positive, minlength=names.size)
    if not np.isin(cases / np.maximum(sizes, 1), (0.0, 1.0)).all():
        raise ValueError("a patient has two outcomes")
    largest = np.full(names.size, -np.inf)
    np.maximum.at(largest, code, values)
    # Exact means, so that equal means tie whatever the order of the images.
    means = [mean(scores.tolist()) for scores in np.split(values[order], sizes.cumsum()[:-1])] if names.size else []
    return np.array(means, dtype=np.float64), largest, (cases > 0).astype(np.float64)


def _within(bound: float) -> float:
    return min(1.0, max(0.0, bound)) if not np.isnan(bound) else NAN
