"""MaZda's families of texture features."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from sonomics.core.settings.base import Unique
from sonomics.core.settings.extract import Family
from sonomics.kinds.families import FamilyKind, Spacing

Levelled = Literal["histogram", "gradient", "run_length", "cooccurrence", "autoregression", "wavelet"]
Bits = Annotated[int, Field(ge=2, le=8, description="bit depth of the grey levels")]


class Mazda(Family):
    """Grey levels and families."""

    normalisation: Literal["none", "sigma", "percentiles"] = Field(
        description="grey levels that become the lowest and the highest: none (0 and 255), sigma (mean minus and plus "
        "three standard deviations) or percentiles (1st and 99th)"
    )
    families: Annotated[list[Levelled | Literal["geometry"]], Unique()] | None = Field(
        None, min_length=1, description="MaZda's families; all of them if not given"
    )
    bits: dict[Levelled, Bits] = Field(
        {},
        description="bit depth of a family's grey levels where it is not MaZda's (gradient 4, run_length and "
        "cooccurrence 6, all others 8)",
    )
    resample_mm: Spacing


class MazdaKind(FamilyKind):
    """MaZda's features, whose classes are its families."""

    def feature_classes(self, settings: Any) -> Sequence[str]:
        """List the families that are computed."""
        return settings.families or super().feature_classes(settings)


KIND = MazdaKind(
    name="mazda",
    settings=Mazda,
    builder="sonomics.extract.mazda:main",
    is_hand_crafted=True,
    own_engine=True,
    words="MaZda's families of texture features",
    grey_levels="MaZda's bit depths",
)
