"""Rules that choose the cutoff on the training set, `stack.threshold`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class ThresholdKind(Choice):
    """A rule of the cutoff, and its words after `a threshold was set by`.

    Its builder is a function `choose(labels, probabilities) -> Cutoff` (`statistics.classification.cutoffs`); of
    survival tasks, `choose(outcomes, risks) -> Cutoff`.

    Attributes
    ----------
    serves : tuple of str
        Kinds of tasks that it makes decisions for.
    """

    serves: tuple[str, ...] = ("binary",)


THRESHOLDS: Group[ThresholdKind] = Group("thresholds", "stack.threshold")
