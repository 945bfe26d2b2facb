"""Gradient boosting of trees."""

from typing import Annotated

from pydantic import Field

from sonomics.kinds.models import Candidates, Classifier, ModelKind, Search, Trees, Tried

Depth = Annotated[int, Field(ge=1, description="depth of a tree")]
Rate = Annotated[float, Field(gt=0, description="learning rate (shrinkage) of the boosting")]


class BoostingCandidates(Candidates):
    """What a search may choose."""

    depth: Tried[Depth] | None = Field(None, description="values to try")
    rate: Tried[Rate] | None = Field(None, description="values to try")
    trees: Tried[Trees] | None = Field(None, description="values to try")


class Boosting(Classifier):
    """Gradient boosting, each tree fitted on a random 80 % of the rows."""

    trees: Trees
    rate: Rate
    depth: Depth
    search: Search[BoostingCandidates] | None = Field(None, description="choose some of them in inner folds")


KIND = ModelKind(
    name="boosting",
    settings=Boosting,
    builder="sonomics.train.classifiers.boosting:build",
    takes="features",
    takes_row_weights=True,
    serves=("binary", "classes"),
    words="gradient boosting on {families}",
    hyperparameters={"trees": "trees", "rate": "rate", "depth": "depth"},
)
