"""Steps of the feature selection, `select.steps`: each sees the training rows of a fold only."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from sonomics.core.registry import Group, load
from sonomics.core.settings.base import Fraction
from sonomics.core.settings.select import Step
from sonomics.kinds.wording import DescribedKind

Purpose = Literal["harmonisation", "reliability", "relevance", "redundancy"]


class Significance(Step):
    """A test of every feature between the classes."""

    below: Fraction = Field(description="a feature stays when its P is below this value")
    correction: Literal["none", "bh", "bonferroni"] = Field(
        "none", description="correction of P for the number of features: none, bh (Benjamini-Hochberg) or bonferroni"
    )


class Penalty(Step):
    """A penalised logistic regression, its penalty chosen by cross-validation over patients."""

    folds: int = Field(ge=3, description="inner folds that choose the penalty")
    rule: Literal["min", "1se"] = Field(
        description="the penalty with the least deviance (min), or the largest within one standard error of it (1se)"
    )


@dataclass(frozen=True, kw_only=True)
class StepKind(DescribedKind):
    """A step of the selection.

    Its builder is a function `step(names, training, settings) -> Kept`: from the names of the features that are left,
    the training rows and the settings of the step to the features that stay.

    Attributes
    ----------
    purpose : str
        What the step is for, by which checklists find it: features without the effect of a scanner (harmonisation),
        reliable under another outline, related to the label (relevance), or not redundant.
    gives_coefficients : bool
        Whether it fits a linear score of the features that it keeps; a radiomics score is made of that of the last
        step.
    transform : str
        Of a step that gives features new values: `module:function` of `apply(change, rows) -> rows`, which gives them
        to any rows by the `change` that the step left in `Kept`; "" for steps that only choose.
    serves : tuple of str
        Kinds of tasks whose outcomes it can look at.
    """

    purpose: Purpose
    gives_coefficients: bool = False
    transform: str = ""
    serves: tuple[str, ...] = ("binary", "classes", "survival")

    def find_batch(self, settings: Any) -> str:
        """Name the column of which every value needs an estimate of its own from the training rows; "" for most."""
        return ""

    def load_transform(self) -> Any:
        """Import the function that gives features their new values."""
        return load(self.transform)


STEPS: Group[StepKind] = Group("steps", "select.steps")

CORRECTIONS = {"none": "not corrected for their number", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni"}
PENALTIES = {"min": "the smallest cross-validated deviance", "1se": "the one-standard-error rule"}
