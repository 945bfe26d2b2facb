"""`select`: cross-validation folds, and the features that a model sees."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import Names, Section, kind_of


class Step(Section):
    """One step of the selection; each kind of step adds its own keys."""

    step: str = Field(description="name of the step")
    families: Names | None = Field(None, description="feature families that the step is for; without it, all of them")


class Select(Section):
    """Cross-validation folds, and the features that a model sees."""

    unit: Literal["image", "case"] = Field(
        description="what one row of a model is: an image, or a case with its views next to each other"
    )
    features: Literal["measured", "noise"] = Field(
        "measured", description="features as extract measured them, or noise in their place (a negative control)"
    )
    folds: int = Field(ge=2, description="number of cross-validation folds")
    resamples: int = Field(
        0,
        ge=0,
        description="bootstrap resamples of training patients that count how often each feature is kept; 0: none",
    )
    steps: list[Annotated[Step, kind_of("steps", tag="step")]] = Field(
        min_length=1, description="how features are chosen, step by step, on the training rows of each fold"
    )
