"""Penalised Cox model on selected features."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import Names
from sonomics.core.settings.train import Model
from sonomics.kinds.models import Candidates, ModelKind, SearchByTrials, Tried

Mixing = Annotated[float, Field(gt=0, le=1, description="share of the L1 penalty; the rest is L2")]


class CoxCandidates(Candidates):
    """What a search may choose."""

    mixing: Tried[Mixing] | None = Field(None, description="values to try")


class Cox(Model):
    """A Cox model with an elastic-net penalty that inner folds choose."""

    families: Names = Field(description="feature families that the model takes, next to each other")
    mixing: Mixing = 0.5
    folds: int = Field(ge=3, description="inner folds that choose the penalty, each patient in one of them")
    rule: Literal["min", "1se"] = Field(
        "min", description="the penalty with the least deviance (min), or the largest within one standard error (1se)"
    )
    search: SearchByTrials[CoxCandidates] | None = Field(None, description="choose the mixing in inner folds")


KIND = ModelKind(
    name="cox",
    settings=Cox,
    builder="sonomics.train.classifiers.cox:COX",
    takes="features",
    serves=("survival",),
    is_regression=True,
    words="Cox model with an elastic-net penalty ({mixing:g} L1) on {families}",
    hyperparameters={"folds": "inner folds"},
)
