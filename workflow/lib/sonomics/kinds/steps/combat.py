"""ComBat: remove what the scanner or the centre adds to the features."""

from typing import Any, Literal

from pydantic import Field

from sonomics.core.settings.select import Step
from sonomics.kinds.steps import StepKind


class Combat(Step):
    """Effects of devices or centres, estimated on training rows without the label or any other covariate."""

    by: Literal["device", "centre"] = Field(description="column whose effect is removed from the features")
    reference: str | None = Field(
        None,
        description="device or centre that the others are brought to and that unseen ones count as; without it, all "
        "are brought to their mean, and an unseen one stops the study",
    )


class CombatKind(StepKind):
    """ComBat, whose words depend on whether there is a reference."""

    def find_batch(self, settings: Any) -> str:
        """Name what has effects: the device or the centre."""
        return str(settings.by)

    def describe(self, settings: Any) -> str:
        """Describe the step, and what devices or centres are brought to."""
        reference = f"towards {settings.reference}, which unseen ones count as"
        return f"{super().describe(settings)}, {reference if settings.reference else 'towards the mean of all'}"


KIND = CombatKind(
    name="combat",
    settings=Combat,
    builder="sonomics.select.steps.combat:harmonise",
    transform="sonomics.select.steps.combat:apply",
    purpose="harmonisation",
    words="ComBat by {by} without covariates",
)
