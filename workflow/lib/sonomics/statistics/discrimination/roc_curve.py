"""The empirical ROC curve."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import numbers, outcome


class RocCurve(NamedTuple):
    """Points of the empirical ROC curve from (0, 0) to (1, 1), one per distinct score, highest cutoff first.

    A score is positive when it is at or above `cutoff`; the first cutoff is infinite (nothing positive).
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    cutoff: Floats


def roc_curve(y: ArrayLike, score: ArrayLike) -> RocCurve:
    """Empirical ROC curve, for plotting.

    Returns
    -------
    RocCurve
        Arrays of k + 1 points for k distinct scores. A rate whose class is absent is NaN.
    """
    positive = outcome(y)
    values = numbers(score, positive.size)
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
