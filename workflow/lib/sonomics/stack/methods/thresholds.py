"""The rules that choose a cutoff on training cases: kinds name them here, so that an edit of them reruns `stack`."""

import numpy as np
from numpy.typing import NDArray

from sonomics.statistics.classification.class_cutoffs import youden_cutoffs
from sonomics.statistics.classification.cutoffs import accuracy_cutoff, youden_cutoff

__all__ = ["accuracy_cutoff", "give_no_cutoffs", "youden_cutoff", "youden_cutoffs"]


def give_no_cutoffs(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a cutoff of 0 for each class, so that the largest probability decides; the labels do not matter.

    Parameters
    ----------
    codes : ignored
    probabilities : (cases, classes) array
    """
    return np.zeros(probabilities.shape[1])
