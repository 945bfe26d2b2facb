"""`stack`: from the scores of models to one probability per case."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import ByType, Name, Names, Section, name_in
from sonomics.core.settings.by_task import of_task
from sonomics.core.settings.tasks import Task

Threshold = Annotated[str, name_in("thresholds")]
Calibration = Annotated[str, name_in("calibrations")]


class FinalModel(Section):
    """One final model: a base model that is calibrated, or several that are combined."""

    of: Names = Field(description="base models of train.models that it is made of")
    weights: Annotated[str, name_in("combinations")] = Field(
        "fitted",
        description="how several base models are combined: fitted (logistic regression on their scores) or equal "
        "(the mean of their z-scores) or auc (the mean of the scores as they are, each weighted by its AUC)",
    )
    pool: Annotated[str, name_in("pools")] | None = Field(
        None, description="how the scores of a case's images become one for this final model; without it, stack.pool"
    )


class Stack(Section):
    """From the scores of models to one probability per case."""

    pool: Annotated[str, name_in("pools")] = Field(
        description="how the scores of the images of a case become one: mean, median, max (the highest), noisy_or (the "
        "probability that one image at least is positive) or theta (the mean of -ln(1 - P) of an exam)"
    )
    eps: float = Field(
        1e-6,
        gt=0,
        lt=0.5,
        description="the probability of an image counts as at most 1 - eps in noisy_or and theta, so that one image "
        "alone never makes a case certain",
    )
    calibration: Annotated[Calibration | dict[Name, Calibration], ByType()] = Field(
        "platt",
        description="how scores become probabilities, fitted out of fold: platt (logistic), isotonic, or none, of "
        "several classes also temperature or dirichlet; one for all tasks, or a map by task or kind of task",
    )
    threshold: Annotated[Threshold | dict[Name, Threshold], ByType()] = Field(
        description="rule that makes decisions, set on training cases: youden (largest Youden index; of several "
        "classes a cutoff each, against the rest) or accuracy (largest accuracy) of a label, largest (the class "
        "of the largest probability), log_rank or median (a cutpoint on the risk); one for all tasks, or a map by task "
        "or kind of task"
    )
    models: dict[Name, FinalModel] = Field(min_length=1, description="final models by name")

    def pool_of(self, model: str) -> str:
        """Return the pool of a final model."""
        return self.models[model].pool or self.pool

    def calibration_of(self, name: str, task: Task) -> str:
        """Return the calibration of a task."""
        return of_task(self.calibration, name, task)

    def for_task(self, name: str, task: Task) -> "Stack":
        """Return the settings with the one calibration of a task."""
        return self.model_copy(update={"calibration": self.calibration_of(name, task)})

    def threshold_of(self, name: str, task: Task) -> str:
        """Return the rule of a task."""
        return of_task(self.threshold, name, task)
