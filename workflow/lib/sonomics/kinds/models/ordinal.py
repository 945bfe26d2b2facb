"""Proportional-odds logistic regression of ordered classes."""

from pydantic import Field

from sonomics.kinds.models import Candidates, Classifier, Cost, ModelKind, Search, Tried


class OrdinalCandidates(Candidates):
    """What a search may choose."""

    cost: Tried[Cost] | None = Field(None, description="values to try")


class Ordinal(Classifier):
    """A logistic regression with one coefficient a feature for all classes (proportional odds) and an L2 penalty."""

    cost: Cost
    search: Search[OrdinalCandidates] | None = Field(None, description="choose the cost in inner folds")


KIND = ModelKind(
    name="ordinal",
    settings=Ordinal,
    builder="sonomics.train.classifiers.ordinal:build",
    takes="features",
    serves=("classes",),
    needs_order=True,
    is_regression=True,
    words="proportional-odds logistic regression on {families}",
    hyperparameters={"cost": "cost"},
)
