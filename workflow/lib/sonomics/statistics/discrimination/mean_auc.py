"""The AUC of several classes: the mean of each against the rest."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.discrimination.auc import auc


def mean_auc(codes: ArrayLike, scores: ArrayLike, judged: Sequence[float]) -> float:
    """Compute the mean of the AUCs of classes, each against all others.

    Parameters
    ----------
    codes : array_like, shape (n,)
        The label of each case.
    scores : array_like, shape (n,) or (n, len(judged))
        Higher means more likely of the class; one column for each of `judged`.
    judged : sequence of float
        Labels whose AUC counts; [1] for the AUC of a binary label.

    Returns
    -------
    float
        Over the classes that occur; NaN where none has both cases of it and others.
    """
    labels, values = np.asarray(codes), np.asarray(scores, dtype=np.float64)
    columns = values[:, None] if values.ndim == 1 else values
    areas = [auc(labels == code, column) for code, column in zip(judged, columns.T, strict=True)]
    known = [area for area in areas if not np.isnan(area)]
    return float(np.mean(known)) if known else float("nan")
