"""Random survival forest on selected features."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Names
from sonomics.core.settings.train import Model
from sonomics.kinds.models import Candidates, ModelKind, SearchByTrials, Trees, Tried

Leaf = Annotated[int, Field(ge=1, description="fewest training rows in a leaf of a tree")]


class SurvivalForestCandidates(Candidates):
    """What a search may choose."""

    trees: Tried[Trees] | None = Field(None, description="values to try")
    leaf: Tried[Leaf] | None = Field(None, description="values to try")


class SurvivalForest(Model):
    """Trees that are split by the log-rank statistic, each on patients drawn with replacement."""

    families: Names = Field(description="feature families that the model takes, next to each other")
    trees: Trees
    leaf: Leaf = 15
    search: SearchByTrials[SurvivalForestCandidates] | None = Field(
        None, description="choose trees or leaf in inner folds"
    )


KIND = ModelKind(
    name="survival_forest",
    settings=SurvivalForest,
    builder="sonomics.train.classifiers.survival_forest:SURVIVAL_FOREST",
    takes="features",
    serves=("survival",),
    words="random survival forest on {families}",
    hyperparameters={"trees": "trees", "leaf": "rows in a leaf at least"},
)
