"""Kinds of feature families, `extract.families`: one row of values for every crop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from sonomics.core.registry import Group
from sonomics.core.settings.base import Section, unit
from sonomics.kinds.wording import DescribedKind

Spacing = Annotated[
    float | None,
    Field(
        gt=0,
        description="pixel spacing that crops are resampled to before extraction; null leaves the pixels as they are",
        json_schema_extra=unit("mm"),
    ),
]


@dataclass(frozen=True, kw_only=True)
class FamilyKind(DescribedKind):
    """A kind of feature family; its builder is the `main` of the job that extracts it from one chunk.

    Attributes
    ----------
    reads : {"crops", "curves"}
        What the job reads besides the table of crops: their pixels, or the time-intensity curves of clips.
    is_hand_crafted : bool
        Whether a formula computes the features from the pixels inside the outline.
    is_standard : bool
        Whether its features are those of the image biomarker standard (IBSI).
    grey_levels : str
        A template of the discretisation of grey levels, for the checklists.
    own_engine : bool
        Whether code of this software computes the features.
    software : tuple of str
        Packages that compute them, as the methods text names them.
    """

    reads: Literal["crops", "curves"] = "crops"
    is_hand_crafted: bool = False
    is_standard: bool = False
    grey_levels: str = ""
    own_engine: bool = False
    software: tuple[str, ...] = ()

    @property
    def has_network(self) -> bool:
        """Tell whether a network computes the features, which starts from weights."""
        return "weights" in self.settings.model_fields

    def describe_details(self, settings: Section) -> str:
        """Describe classes, grey levels and pixel spacing of hand-crafted features; "" for others."""
        return "; ".join(self.details(settings)) if self.is_hand_crafted else ""

    def details(self, settings: Any) -> list[str]:
        """List what `describe_details` joins."""
        spacing = settings.resample_mm
        return [f"resampled to {spacing:g} mm" if spacing else "pixels as they were, lengths in pixels"]

    def describe_grey_levels(self, settings: Section) -> str:
        """Describe the discretisation of grey levels."""
        return self.fill(self.grey_levels, settings)

    def feature_classes(self, settings: Any) -> Sequence[str]:
        """List the classes of features that are computed, as params.yaml names them."""
        return ["all"]


FAMILIES: Group[FamilyKind] = Group("families", "extract.families")
