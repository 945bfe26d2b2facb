"""Multivariable regression on clinical variables, chosen by univariable tests."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from sonomics.core.settings.base import Fraction, Unique, broken
from sonomics.core.settings.train import Model
from sonomics.kinds.models import ModelKind
from sonomics.kinds.wording import join_words


class Clinical(Model):
    """Clinical columns, and when one enters the model."""

    columns: Annotated[list[str], Unique()] = Field(min_length=1, description="columns of study.clinical")
    enter: Fraction = Field(
        description="a variable enters the multivariable model when its univariable P is below this value"
    )


# What the regression is called that each kind of task has; of ordered classes it is another.
REGRESSIONS = {"binary": "logistic", "classes": "multinomial logistic", "survival": "Cox"}
ORDERED = "proportional-odds logistic"


def name_regression(task: Any) -> str:
    """Name the regression of a task."""
    return ORDERED if getattr(task, "ordered", False) else REGRESSIONS[task.type]


class ClinicalKind(ModelKind):
    """The clinical model, whose columns the study must name, and whose regression depends on the task."""

    def describe_for(self, settings: Any, tasks: Mapping[str, Any]) -> str:
        """Name the regression of each task; where all are binary, as `describe`."""
        regressions: dict[str, list[str]] = {}
        for name, task in tasks.items():
            regressions.setdefault(name_regression(task), []).append(name)
        if set(regressions) <= {REGRESSIONS["binary"]}:
            return self.describe(settings)
        named = join_words(f"{word} ({join_words(names)})" for word, names in regressions.items())
        text = "multivariable regression on the clinical variables with a univariable P < {enter:g}, "
        return self.fill(text, settings) + named

    def check(self, settings: Any, parameters: Any) -> None:
        """Check that the study names the columns as clinical."""
        known = parameters.study.clinical
        for column in settings.columns:
            if column not in known:
                rule = f"{column} is not in study.clinical ({', '.join(known)})"
                raise broken(rule, "name one of them, or add it there", key="columns")


KIND = ClinicalKind(
    name="clinical",
    settings=Clinical,
    builder="sonomics.train.clinical:main",
    takes="columns",
    serves=("binary", "classes", "survival"),
    is_regression=True,
    words="multivariable logistic regression on the clinical variables with a univariable P < {enter:g}",
)
