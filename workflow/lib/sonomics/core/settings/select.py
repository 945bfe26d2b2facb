"""`select`: cross-validation folds, and the features that a model sees."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import ByType, Name, Names, Section, broken, kind_of
from sonomics.core.settings.by_task import every_value, of_task
from sonomics.core.settings.tasks import Task

RANDOM = "random"
# Names that a scheme cannot have: the other columns of the table of folds.
RESERVED = ("patient", "group")


class Scheme(Section):
    """How training patients are divided into folds: at random, or by a column of the cohort."""

    number: int | None = Field(
        None,
        ge=2,
        description="number of folds; of a column, its values are then dealt to so many folds, and without it every "
        "value is left out once",
    )
    column: str | None = Field(
        None,
        min_length=1,
        description="column of the cohort whose values are left out whole (`centre`); without it, patients are divided "
        "at random, stratified by the first task",
    )

    @model_validator(mode="after")
    def _number_or_column(self) -> Self:
        if self.number is None and self.column is None:
            raise broken("a scheme of folds needs a number, a column, or both", "state `number: 5` or `column: centre`")
        return self

    @property
    def leaves_out_values(self) -> bool:
        """Whether every value of the column is a fold of its own."""
        return self.number is None


class Step(Section):
    """One step of the selection; each kind of step adds its own keys."""

    step: str = Field(description="name of the step")
    families: Names | None = Field(None, description="feature families that the step is for; without it, all of them")


Steps = Annotated[
    list[Annotated[Step, kind_of("steps", tag="step")]], Field(min_length=1, description="the steps, one by one")
]


Count = Annotated[int, Field(ge=2, description="number of cross-validation folds")]
Schemes = Annotated[dict[Name, Scheme], Field(min_length=1, description="schemes of folds by name")]


class Select(Section):
    """Cross-validation folds, and the features that a model sees."""

    unit: Literal["image", "case"] = Field(
        description="what one row of a model is: an image, or a case with its views next to each other"
    )
    features: Literal["measured", "noise"] = Field(
        "measured", description="features as extract measured them, or noise in their place (a negative control)"
    )
    folds: Annotated[Count | Schemes | Name, ByType()] = Field(
        description="cross-validation folds: their number, or schemes by name, of which the first is that of the main "
        "run; a variant states the name of one"
    )
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

    def schemes(self) -> dict[str, Scheme]:
        """Return the schemes of folds by name, that of the main run first; a number alone is `random`.

        Not of a variant that names a scheme: it has the schemes of the main run.
        """
        if isinstance(self.folds, int):
            return {RANDOM: Scheme.partial({"number": self.folds})}
        assert not isinstance(self.folds, str)
        return dict(self.folds)
