"""`evaluate`: the analyses that a journal asks for."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import Field

from sonomics.core.settings.base import ByType, Name, Names, Section, Unique, Value, unit
from sonomics.core.settings.by_task import of_task
from sonomics.core.settings.tasks import FollowUp, Task

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file in hexadecimal")]
Predictions = Annotated[str, Field(description="path of the CSV or Parquet file, seen from the study")]
Points = Annotated[list[float], Field(min_length=1), Unique()]


class LabelAware(Section):
    """One sensitivity analysis of the test sets, without cases of which no image shows what the cohort states."""

    head: Name = Field(description="head of clean.qc.heads that recognises it on an image")
    needs_case: str = Field(
        description="column of the cohort, also a label: 1, true or yes where the case has what the head recognises"
    )


class Serial(Section):
    """Cases are exams of a patient, some before a diagnosis: how early is the disease recognised?"""

    exam_time: str = Field(
        description="column of the cohort: months from a day of the patient's own to the exam",
        json_schema_extra=unit("months"),
    )
    diagnosis_time: str = Field(
        description="column of the cohort: months from that day to the diagnosis; empty without a diagnosis",
        json_schema_extra=unit("months"),
    )
    windows: Annotated[list[Annotated[float, Field(ge=0)]], Unique()] = Field(
        [0.0, 1.0, 2.0, 3.0],
        min_length=1,
        description="edges of the windows before the diagnosis, for each of which the sensitivity is given",
        json_schema_extra=unit("years"),
    )


class Borderline(Section):
    """A class between negative and positive, evaluated as one of its own."""

    column: str = Field(description="column of the cohort that holds the class")
    value: Value = Field(description="value that means borderline")


class Power(Section):
    """What is assumed about the size of effects before the study."""

    auc: float = Field(0.8, gt=0.5, lt=0.99, description="assumed AUC")
    hazard_ratio: float = Field(2.0, gt=1, description="assumed hazard ratio")
    candidates: int | None = Field(
        None, ge=1, description="number of candidate predictor parameters that were considered in the development"
    )


class ExternalModel(Section):
    """A model from elsewhere: a table of its predictions, with at least the columns case and value."""

    file: Predictions
    sha256: Sha256
    tasks: Names | None = Field(
        None, description="tasks that it answers; without it, all binary ones or, in a study that has none, all"
    )
    positive: Literal["high", "low"] | None = Field(
        None,
        description="end of its values that means positive or an early event; probabilities and risks are high by "
        "their meaning, and a score has no meaning without it",
    )
    cutoff: float | None = Field(
        None,
        description="threshold published with the model, on its values as they are in the file; without it, the "
        "largest Youden index on training cases, for risks their median",
    )


class ClassPredictions(Section):
    """The predictions of a model of several classes: one row per case and class, with columns case, class and value."""

    file: Predictions
    sha256: Sha256


class Classes(Section):
    """A question of several classes, and the models that answer it."""

    column: str = Field(description="column of the cohort that holds the true class")
    classes: Annotated[list[Value], Unique()] = Field(min_length=2, description="all classes, in the order to report")
    models: dict[Name, ClassPredictions] = Field(
        min_length=1, description="models by name, each a table of predictions"
    )


class Evaluate(Section):
    """The analyses that a journal asks for."""

    primary: Annotated[Name | dict[Name, Name], ByType()] = Field(
        description="final model that the study is about; one for all tasks, or a map by task or kind of task"
    )
    level: float = Field(gt=0.5, lt=1, description="confidence level of the intervals")
    bootstrap: int = Field(ge=1, description="number of bootstrap resamples")
    near_duplicates: Literal["separate", "cluster"] = Field(
        "separate",
        description="patients of one split who share a near-duplicate image count as independent (separate), or as one "
        "cluster in every interval (cluster); to keep one copy only, see clean.duplicates.across_patients",
    )
    decision_thresholds: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        min_length=1, description="threshold probabilities of the decision curve"
    )
    characteristics: Literal["both", "mean", "median"] = Field(
        "both",
        description="how the table of characteristics describes and compares numbers: mean and SD with Welch's tests, "
        "median and quartiles with tests of ranks, or both with the test that the values allow",
    )
    label_aware: dict[Name, LabelAware] = Field(
        {},
        description="sensitivity analyses of the test sets, by name: without cases that have, by the cohort, what the "
        "quality-control classifier finds on none of their images",
    )
    serial: Serial | None = Field(
        None, description="cases are exams of a patient, some before a diagnosis: how early is the disease recognised"
    )
    borderline: Borderline | None = Field(
        None, description="a class between negative and positive, evaluated as one of its own"
    )
    sensitivities: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Unique()] = Field(
        [0.9, 0.95], description="target sensitivities, each with a threshold chosen on training scores"
    )
    horizons: Annotated[list[Annotated[float, Field(gt=0, le=600)]], Unique()] | None = Field(
        None,
        min_length=1,
        description="months at which survival is evaluated; without them, the horizon of the task, or the median "
        "follow-up",
        json_schema_extra=unit("months"),
    )
    outcomes: dict[Name, FollowUp] = Field(
        {}, description="times to an event that no model learns, by name; follow_up says which scores they judge"
    )
    follow_up: dict[Name, Names] = Field(
        {},
        description="survival outcomes, each a survival task or one of `outcomes`, and the binary tasks whose "
        "scores are judged by it",
    )
    subgroups: dict[str, Annotated[Literal["levels", "median"] | Points, ByType()]] = Field(
        {},
        description="columns of the cohort that define subgroups, next to centre and scanner: by their own levels, by "
        "the median of training cases, or by a list of cutpoints",
    )
    fewest: int = Field(
        10, ge=2, description="positives, negatives or events that a subgroup needs for a result to be given"
    )
    treatment: str | None = Field(
        None, description="column of the cohort that holds a treatment (1 or yes, 0 or no), compared within risk groups"
    )
    power: Power = Field(Power.partial({}), description="what is assumed about the size of effects before the study")
    external_models: dict[Name, ExternalModel] = Field(
        {}, description="models from elsewhere by name, evaluated like the final models"
    )
    classes: dict[Name, Classes] = Field(
        {}, description="questions of several classes by name, answered by predictions from elsewhere"
    )

    def primary_of(self, name: str, task: Task) -> str:
        """Return the primary final model of a task."""
        return of_task(self.primary, name, task)

    def imports_of(self, name: str, tasks: Mapping[str, Task]) -> dict[str, ExternalModel]:
        """Return the models from elsewhere that answer a task."""
        by_default = [task for task in tasks if tasks[task].type == "binary"] or list(tasks)
        return {
            model: settings
            for model, settings in self.external_models.items()
            if name in (settings.tasks or by_default)
        }

    def outcome(self, name: str, tasks: Mapping[str, Task]) -> FollowUp:
        """Return a time to an event by its name: one that no model learns, or that of a survival task."""
        return cast(FollowUp, self.outcomes[name] if name in self.outcomes else tasks[name])

    def declared_files(self) -> list[tuple[str, str, str]]:
        """List the files from elsewhere: key, path seen from the study, and the SHA-256 that is stated."""
        models = {f"external_models.{name}": model for name, model in self.external_models.items()}
        answers = {
            f"classes.{question}.models.{name}": model
            for question, asked in self.classes.items()
            for name, model in asked.models.items()
        }
        return [(f"evaluate.{key}", file.file, file.sha256) for key, file in (models | answers).items()]
