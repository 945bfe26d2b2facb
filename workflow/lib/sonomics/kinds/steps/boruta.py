"""Boruta: features that are more important in a forest than shuffled copies (Kursa and Rudnicki 2010)."""

from typing import Literal

from pydantic import Field

from sonomics.core.settings.base import Fraction
from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Shadows(Step):
    """Rounds of a forest on the features and their shuffled copies."""

    rounds: int = Field(100, ge=1, description="most rounds; each fits a forest on the features and shuffled copies")
    trees: int = Field(200, ge=1, description="number of trees of each round")
    level: Fraction = Field(
        0.05,
        gt=0,
        lt=1,
        description="level of the two-sided binomial test of won rounds, corrected for the number of features "
        "(Bonferroni)",
    )
    tentative: Literal["drop", "keep"] = Field(
        "drop", description="what becomes of features that are neither confirmed nor rejected after all rounds"
    )


KIND = StepKind(
    name="boruta",
    settings=Shadows,
    builder="sonomics.select.steps.wrappers:keep_by_boruta",
    purpose="relevance",
    words="Boruta with at most {rounds} rounds of {trees} trees (P < {level:g}, Bonferroni), {tentative}",
    value_words={"tentative": {"drop": "tentative features dropped", "keep": "tentative features kept"}},
)
