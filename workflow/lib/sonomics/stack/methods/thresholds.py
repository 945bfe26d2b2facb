"""The rules that choose a cutoff on training cases: kinds name them here, so that an edit of them reruns `stack`."""

from sonomics.statistics.classification.cutoffs import accuracy_cutoff, youden_cutoff

__all__ = ["accuracy_cutoff", "youden_cutoff"]
