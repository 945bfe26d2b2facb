"""Ways to turn scores into probabilities, `stack.calibration`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class CalibrationKind(Choice):
    """A way to calibrate, and its words as a sentence without its full stop.

    Its builder is a pair of functions with the attributes `fit(labels, scores) -> state`, a JSON-ready dict with the
    `reason` why nothing was fitted ("" otherwise), and `apply(state, scores) -> probabilities`.

    Attributes
    ----------
    is_fitted : bool
        Whether it learns from training scores.
    is_logistic : bool
        Whether the log odds are a linear function of the score, so that a nomogram can be drawn; the state of a fitted
        one then has `slope` and `intercept`.
    of_classes : str
        `module:name` of such a pair for (cases, classes) scores and places of classes; "" where there is none.
    serves : tuple of str
        Kinds of tasks that it is for; the builder of one for several classes alone is that of `of_classes`.
    of_risks : str
        What it is for survival tasks, in words; "" where it is not for them.
    """

    is_fitted: bool
    is_logistic: bool
    serves: tuple[str, ...] = ("binary",)
    of_classes: str = ""
    of_risks: str = ""


CALIBRATIONS: Group[CalibrationKind] = Group("calibrations", "stack.calibration")
