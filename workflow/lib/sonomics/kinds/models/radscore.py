"""The radiomics score: the linear score that the last selection step fits."""

from typing import Any

from pydantic import Field

from sonomics.core.settings.base import Names, broken
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.core.settings.train import Model
from sonomics.kinds.models import ModelKind
from sonomics.kinds.steps import STEPS


class RadiomicsScore(Model):
    """The family whose score it is; nothing is fitted anew."""

    families: Names = Field(max_length=1, description="the family whose penalised regression gives the score")


class RadiomicsScoreKind(ModelKind):
    """The radiomics score, which needs the coefficients of a penalised regression."""

    def check(self, settings: Any, parameters: Any) -> None:
        """Check that the last step for the family gives coefficients, in each task that is learned."""
        (family,) = settings.families
        tasks = parameters.study.tasks
        lists = [
            [
                step.step
                for step in parameters.select.steps_of(name, tasks[name])
                if family in (step.families or [family])
            ]
            for name in tasks_of_model(tasks, settings)
        ]
        steps = next((steps for steps in lists if not steps or not STEPS.get(steps[-1]).gives_coefficients), None)
        if steps is not None:
            givers = " or ".join(name for name in STEPS.names() if STEPS.get(name).gives_coefficients)
            rule = f"a radscore takes its coefficients from {givers}, and the last step for {family} is another"
            raise broken(rule, "end select.steps with one of them, or choose a logistic model")


KIND = RadiomicsScoreKind(
    name="radscore",
    settings=RadiomicsScore,
    builder="sonomics.train.classifiers.radscore:build",
    takes="features",
    is_selected=True,
    is_regression=True,
    words="the LASSO's own linear score of {families}",
)
