"""Recursive elimination of the features with the least weight in a ridge regression (Guyon 2002)."""

from pydantic import Field

from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Elimination(Step):
    """How many features are kept, and how fast the others go."""

    count: int = Field(ge=1, description="number of features to keep")
    share: float = Field(
        0.1, gt=0, lt=1, description="share of the features left that each round eliminates, at least one"
    )


KIND = StepKind(
    name="recursive_elimination",
    settings=Elimination,
    builder="sonomics.select.steps.wrappers:keep_by_elimination",
    purpose="relevance",
    words="recursive elimination down to {count} features, those with the smallest coefficient in a ridge regression "
    "going first",
)
