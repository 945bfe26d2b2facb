"""Support vector machine."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.kinds.models import Candidates, Classifier, Cost, ModelKind, Search, Tried

Kernel = Annotated[Literal["rbf", "linear"], Field(description="kernel: radial basis functions (rbf) or linear")]


class SvmCandidates(Candidates):
    """What a search may choose."""

    cost: Tried[Cost] | None = Field(None, description="values to try")
    kernel: Tried[Kernel] | None = Field(None, description="values to try")


class Svm(Classifier):
    """A support vector machine, which gives distances from the boundary and no probabilities."""

    cost: Cost
    kernel: Kernel = "rbf"
    search: Search[SvmCandidates] | None = Field(None, description="choose some of them in inner folds")


KIND = ModelKind(
    name="svm",
    settings=Svm,
    builder="sonomics.train.classifiers.svm:build",
    takes="features",
    serves=("binary", "classes"),
    words="support vector machine on {families}",
    gives_probabilities=False,
    hyperparameters={"kernel": "kernel", "cost": "cost"},
)
