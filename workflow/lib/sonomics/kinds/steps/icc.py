"""Reliability under repeated outlines, by the intraclass correlation coefficient (ICC)."""

from typing import Literal

from pydantic import Field

from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Reliability(Step):
    """The least ICC between the outlines that models see and every repeat."""

    above: float = Field(description="a feature stays when its ICC with every repeat outline is above this value")
    form: Literal["2,1", "3,1"] = Field(
        "2,1",
        description="form of the ICC: 2,1 (two-way random, absolute agreement) or 3,1 (two-way mixed, consistency)",
    )
    of: Literal["value", "lower"] = Field(
        "value", description="what must be above: value (the ICC itself) or lower (the lower 95 % bound)"
    )


KIND = StepKind(
    name="icc",
    settings=Reliability,
    builder="sonomics.select.steps.reliability:keep_reliable",
    purpose="reliability",
    words="{of} over repeated outlines, of the form ({form}), above {above:g}",
    value_words={"of": {"value": "ICC", "lower": "lower 95 % bound of the ICC"}},
)
