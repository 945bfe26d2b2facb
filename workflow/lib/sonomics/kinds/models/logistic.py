"""Logistic regression with an L2 penalty."""

from pydantic import Field

from sonomics.kinds.models import Candidates, Classifier, Cost, ModelKind, Search, Tried


class LogisticCandidates(Candidates):
    """What a search may choose."""

    cost: Tried[Cost] | None = Field(None, description="values to try")


class Logistic(Classifier):
    """A logistic regression with an L2 penalty of 1 / `cost`."""

    cost: Cost
    search: Search[LogisticCandidates] | None = Field(None, description="choose the cost in inner folds")


KIND = ModelKind(
    name="logistic",
    settings=Logistic,
    builder="sonomics.train.classifiers.logistic:build",
    takes="features",
    serves=("binary", "classes"),
    is_regression=True,
    words="logistic regression on {families}",
    hyperparameters={"cost": "cost"},
)
