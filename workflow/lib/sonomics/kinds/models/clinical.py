"""Multivariable logistic regression on clinical variables, chosen by univariable tests."""

from typing import Annotated, Any

from pydantic import Field

from sonomics.core.settings.base import Fraction, Unique, broken
from sonomics.core.settings.train import Model
from sonomics.kinds.models import ModelKind


class Clinical(Model):
    """Clinical columns, and when one enters the model."""

    columns: Annotated[list[str], Unique()] = Field(min_length=1, description="columns of study.clinical")
    enter: Fraction = Field(
        description="a variable enters the multivariable model when its univariable P is below this value"
    )


class ClinicalKind(ModelKind):
    """The clinical model, whose columns the study must name."""

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
    is_regression=True,
    words="multivariable logistic regression on the clinical variables with a univariable P < {enter:g}",
)
