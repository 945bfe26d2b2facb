"""The rules that choose a cutoff on training cases: kinds name them here, so that an edit of them reruns `stack`."""

from typing import Any

from sonomics.statistics.classification.cutoffs import accuracy_cutoff, youden_cutoff

__all__ = ["accuracy_cutoff", "largest_probability", "youden_cutoff"]


def largest_probability(labels: Any, probabilities: Any) -> Any:
    """Return the place of the largest probability of each case, of equal ones the first; nothing is learned.

    Parameters
    ----------
    labels : ignored
    probabilities : (cases, classes) array
    """
    return probabilities.argmax(axis=1)
