"""Principal components in place of the features."""

from typing import Any, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import broken
from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Components(Step):
    """How many principal components of the z-scored features replace them: by number, or by explained variance."""

    components: int | None = Field(None, ge=1, description="number of principal components that replace the features")
    variance: float | None = Field(
        None, gt=0, le=1, description="instead of a number, the share of the variance that the components explain"
    )

    @model_validator(mode="after")
    def _number_or_variance(self) -> Self:
        if (self.components is None) == (self.variance is None):
            raise broken("one of these must be stated: components or variance")
        return self


class ComponentsKind(StepKind):
    """Principal components, whose words depend on how their number is stated."""

    def describe(self, settings: Any) -> str:
        """Describe how many components there are, and of which families if not of all."""
        by_variance = settings.components is None
        amount = f"for {100 * settings.variance:g} % of the variance" if by_variance else "{components} of them"
        families = " (of {families} alone)" if settings.families else ""
        return self.fill(f"{self.words}, {amount}{families}", settings)


KIND = ComponentsKind(
    name="pca",
    settings=Components,
    builder="sonomics.select.steps.pca:keep_components",
    transform="sonomics.select.steps.pca:apply",
    purpose="redundancy",
    words="principal components",
)
