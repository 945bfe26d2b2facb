"""Largest relevance to redundancy (mRMR, Ding and Peng 2005)."""

from pydantic import Field

from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Relevance(Step):
    """How many features are kept."""

    count: int = Field(ge=1, description="number of features to keep")


KIND = StepKind(
    name="mrmr",
    settings=Relevance,
    builder="sonomics.select.steps.redundancy:keep_by_mrmr",
    purpose="redundancy",
    words="the {count} features of highest relevance and least redundancy (mRMR, F test over mean correlation)",
)
