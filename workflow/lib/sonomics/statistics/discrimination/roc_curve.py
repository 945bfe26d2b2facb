"""The empirical ROC curve."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome, check_scores


class RocCurve(NamedTuple):
    """Points of the empirical ROC curve from (0, 0) to (1, 1), one per distinct score, highest cutoff first.

    A score is positive when it is at or above `cutoff`; the first cutoff is infinite (no case positive).
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    cutoff: Floats


def roc_curve(y: ArrayLike, score: ArrayLike) -> RocCurve:
    """Compute the empirical ROC curve, for plotting.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)

    Returns
    -------
    RocCurve
        Arrays of k + 1 points for k distinct scores. A rate whose class is absent is NaN.
    """
    positive = check_outcome(y)
    values = check_scores(score, positive.size)
    cutoffs, code = np.unique(values, return_inverse=True)
    positives = np.bincount(code[positive], minlength=cutoffs.size)[::-1].cumsum()
    negatives = np.bincount(code[~positive], minlength=cutoffs.size)[::-1].cumsum()
    return RocCurve(
        _share(negatives, int((~positive).sum())),
        _share(positives, int(positive.sum())),
        np.concatenate([[np.inf], cutoffs[::-1]]),
    )


def _share(counts: np.ndarray, total: int) -> Floats:
    with_origin = np.concatenate([[0.0], counts])
    return with_origin / total if total else np.full(with_origin.shape, np.nan)
