"""`select`: cross-validation folds, and the features that a model sees."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import ByType, Name, Names, Section, kind_of
from sonomics.core.settings.by_task import every_value, of_task
from sonomics.core.settings.tasks import Task


class Step(Section):
    """One step of the selection; each kind of step adds its own keys."""

    step: str = Field(description="name of the step")
    families: Names | None = Field(None, description="feature families that the step is for; without it, all of them")


Steps = Annotated[
    list[Annotated[Step, kind_of("steps", tag="step")]], Field(min_length=1, description="the steps, one by one")
]


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
    steps: Annotated[Steps | dict[Name, Steps], ByType()] = Field(
        description="how features are chosen, step by step, on the training rows of each fold; one list for all tasks, "
        "or a map of them by task or kind of task"
    )

    def steps_of(self, name: str, task: Task) -> list[Step]:
        """Return the steps of a task."""
        return of_task(self.steps, name, task)

    def all_steps(self) -> list[Step]:
        """List the steps of all tasks, those of several tasks one after the other."""
        return [step for steps in every_value(self.steps) for step in steps]
