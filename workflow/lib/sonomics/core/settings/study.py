"""`study`: the question, the patients' labels, and how the study is repeated."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Name, Section, Unique, Value, broken


class Task(Section):
    """One outcome to predict: a column of the cohort and its positive value, or a rule on columns."""

    type: Literal["binary"] = Field(description="kind of label")
    rule: str | None = Field(
        None,
        description="rule that gives the label: an event before a horizon, `time < 12 & event`, or a rule on other "
        "columns",
    )
    column: str | None = Field(None, description="column of the cohort that holds the label")
    positive: Value | None = Field(None, description="value of the column that counts as positive")

    @model_validator(mode="after")
    def _rule_or_column(self) -> Self:
        by_column = self.column is not None and self.positive is not None
        if (self.rule is not None) == by_column:
            raise broken("one of these must be stated: rule or column and positive")
        return self


class Study(Section):
    """The question, the labels, and how the study is repeated."""

    name: Name = Field(description="short name of the study")
    title: str = Field(min_length=1, description="title of the report")
    question: str = Field(min_length=1, description="the question of the study in one sentence")
    seed: int = Field(ge=0, description="seed of all random numbers; every other seed is derived from it")
    threads: int = Field(ge=1, description="threads of one job; jobs run in parallel")
    portable: bool = Field(
        description="compute the same bytes on every x86-64 processor with AVX2; false takes the fastest code of this "
        "machine, and last digits are then its own",
    )
    chunks: int = Field(ge=1, description="number of chunks that the work on images is cut into")
    clinical: Annotated[list[str], Unique()] = Field(
        description="clinical columns of the cohort that models and tables may use"
    )
    tasks: dict[Name, Task] = Field(min_length=1, description="outcomes to predict, by name")
    shuffle_labels: bool = Field(description="permute the training labels at random (a negative control)")
    variants: dict[Name, dict[str, Any]] = Field(
        description="runs of the study by name, `main: {}` among them; each states the keys that it changes, merged "
        "key by key, and null takes a map out",
    )
