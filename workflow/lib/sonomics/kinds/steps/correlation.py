"""Redundancy: of two correlated features, one goes."""

from typing import Literal

from pydantic import Field

from sonomics.core.settings.base import Fraction
from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Correlation(Step):
    """The largest absolute correlation of two features, and which of them goes."""

    above: Fraction = Field(description="of two features with an absolute correlation above this value, one goes")
    method: Literal["pearson", "spearman"] = Field("pearson", description="the correlation coefficient")
    drop: Literal["mean_correlation", "larger_p"] = Field(
        "mean_correlation",
        description="which of the two goes: the one with the higher mean correlation with the features that are left "
        "(mean_correlation), or the one with the larger P of the Mann-Whitney U or Kruskal-Wallis test (larger_p)",
    )


KIND = StepKind(
    name="correlation",
    settings=Correlation,
    builder="sonomics.select.steps.redundancy:keep_uncorrelated",
    purpose="redundancy",
    words="of two features with an absolute {method} correlation above {above:g}, {drop} was dropped",
    value_words={
        "method": {"pearson": "Pearson", "spearman": "Spearman"},
        "drop": {
            "mean_correlation": "the one with the higher mean correlation",
            "larger_p": "the one with the larger P",
        },
    },
)
