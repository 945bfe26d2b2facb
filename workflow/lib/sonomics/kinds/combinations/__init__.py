"""Ways to weight the base models of a final model, `weights` of `stack.models`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class CombinationKind(Choice):
    """A way to weight base models, and its words as the end of `several scores were ...`.

    Its builder is a function `fit(scores, labels) -> (weight, intercept)` of the out-of-fold scores, (cases, models),
    and the labels, (cases,); `weight` is (models,). Scores are z-scored, probabilities as log odds, unless they are
    taken as they are.

    Attributes
    ----------
    evidence : str
        What the checklists call final models of this kind.
    takes_as_given : bool
        Whether the scores are weighted as they are (probabilities, thetas, risks), which must be of one scale.
    gives_log_odds : bool
        Whether the weighted score is the log odds of a probability, so that it can go without calibration.
    of_classes : str
        `module:function` of such a function for (cases, models, classes) scores and places of classes, whose intercept
        is (classes,); "" where there is none.
    of_risks : str
        `module:function` of `weights(risks, outcomes) -> (models,)` for z-scored (cases, models) risks and (cases, 2)
        times and events; "" where there is none.
    """

    evidence: str
    gives_log_odds: bool
    takes_as_given: bool = False
    of_classes: str = ""
    of_risks: str = ""


COMBINATIONS: Group[CombinationKind] = Group("combinations", "stack.models.weights")
