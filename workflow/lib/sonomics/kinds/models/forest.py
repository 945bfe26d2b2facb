"""Random forest."""

from pydantic import Field

from sonomics.kinds.models import Candidates, Classifier, ModelKind, Search, Trees, Tried


class ForestCandidates(Candidates):
    """What a search may choose."""

    trees: Tried[Trees] | None = Field(None, description="values to try")


class Forest(Classifier):
    """A random forest of trees with at least two rows in a leaf."""

    trees: Trees
    search: Search[ForestCandidates] | None = Field(None, description="choose the number of trees in inner folds")


KIND = ModelKind(
    name="forest",
    settings=Forest,
    builder="sonomics.train.classifiers.forest:build",
    takes="features",
    serves=("binary", "classes"),
    words="random forest on {families}",
    hyperparameters={"trees": "trees"},
)
