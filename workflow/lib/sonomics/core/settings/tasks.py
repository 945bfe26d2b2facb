"""`study.tasks`: what a task of each kind states."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Section, Unique, Value, broken, unit

Column = Annotated[str, Field(min_length=1)]
Separator = Annotated[str, Field(min_length=1)]
Words = Annotated[list[Value], Unique()]
Horizon = Annotated[float, Field(gt=0, le=600)]

UNKNOWN_WORDS = "words of the column that mean unknown, next to an empty cell (`not applicable`)"


class Task(Section):
    """One outcome to predict; each kind of task adds its own keys."""

    type: str = Field(description="kind of task: binary, classes or survival")


class BinaryTask(Task):
    """One outcome to predict: a column of the cohort and its positive value, or a rule on columns."""

    rule: str | None = Field(
        None,
        description="rule that gives the label: an event before a horizon, `time < 12 & event`, or a rule on other "
        "columns",
    )
    column: str | None = Field(None, description="column of the cohort that holds the label")
    positive: Value | None = Field(None, description="value of the column that counts as positive")
    unknown: Words | None = Field(None, description=UNKNOWN_WORDS)
    separator: Separator | None = Field(
        None,
        description="mark between several words in a cell (`&`): the label is positive where one of them is; a column "
        "of several words becomes one such task a word",
    )

    @model_validator(mode="after")
    def _rule_or_column(self) -> Self:
        by_column = self.column is not None and self.positive is not None
        if (self.rule is not None) == by_column:
            raise broken("one of these must be stated: rule or column and positive")
        if self.rule is not None and (self.unknown or self.separator):
            raise broken("unknown and separator are of the words of a column, and this task has a rule")
        return self


class ClassesTask(Task):
    """A column of the cohort with one of several classes."""

    column: Column = Field(description="column of the cohort that holds the class")
    classes: Words = Field(
        min_length=2, description="all classes, in the order to report; of ordered ones, from the lowest to the highest"
    )
    ordered: bool = Field(False, description="whether the order of the classes means more and more of something")
    unknown: Words | None = Field(None, description=UNKNOWN_WORDS)
    separator: Separator | None = Field(None, description="mark between several words in a cell (`&`)")
    several: Literal["own", "first"] = Field(
        "own",
        description="what several words in a cell are: a class of its own, listed as `a&b` in any order (own), or the "
        "first of them (first); for one task a word see the binary kind",
    )


class FollowUp(Section):
    """A time to an event, with censoring, by which scores are judged and which no model learns."""

    time: Column = Field("time", description="column of the follow-up", json_schema_extra=unit("months"))
    event: Column = Field("event", description="column of the event: 1 seen, 0 censored; no competing event")
    origin: Column | None = Field(
        None,
        description="column of the time at which follow-up begins, on the scale of `time`; without it, time 0",
        json_schema_extra=unit("months"),
    )
    horizons: Annotated[list[Horizon], Unique()] = Field(
        min_length=1, description="times at which the risk is predicted", json_schema_extra=unit("months")
    )

    @model_validator(mode="after")
    def _distinct_columns(self) -> Self:
        named = [name for name in (self.time, self.event, self.origin) if name is not None]
        if len(set(named)) < len(named):
            raise broken("time, event and origin must be three columns")
        return self


class SurvivalTask(FollowUp, Task):
    """The time to an event, with censoring."""
