"""Rules that choose the cutoff on the training set, `stack.threshold`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class ThresholdKind(Choice):
    """A rule of the cutoff, and its words after `a threshold was set by`.

    Its builder is a function `choose(labels, probabilities) -> Cutoff` (`statistics.classification.cutoffs`); of
    survival tasks, `choose(outcomes, risks) -> dict` with `cutoff`, `p` and `reason`; of several classes,
    `choose(codes, probabilities) -> cutoffs`, one per class: the class that exceeds its cutoff most is decided.

    Attributes
    ----------
    serves : tuple of str
        Kinds of tasks that it makes decisions for.
    of_classes : str
        `module:function` of the rule of several classes, where the builder is one of a binary task; "" otherwise.
    """

    serves: tuple[str, ...] = ("binary",)
    of_classes: str = ""


THRESHOLDS: Group[ThresholdKind] = Group("thresholds", "stack.threshold")
