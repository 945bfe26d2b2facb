"""`crop`: from readers' outlines to crops."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Fraction, Section, missing, unit


class Perturb(Section):
    """Copies of the analysis outline, changed at random, whose features show how stable they are."""

    times: int = Field(ge=1, description="number of copies of each outline")
    grow: Fraction = Field(description="largest growth or shrinkage as a share of the lesion's diameter")
    shift: Fraction = Field(
        description="largest shift along rows and along columns as a share of the lesion's diameter"
    )
    rotate: float = Field(ge=0, description="largest rotation", json_schema_extra=unit("degrees"))
    contour: Fraction = Field(
        description="standard deviation of the displacement of the contour as a share of the lesion's diameter"
    )


class Analysis(Section):
    """The outlines that models see; all others serve reliability."""

    reader: str = Field(description="name of the reader")
    session: str = Field(description="name of the session of that reader")
    perturbed: int | None = Field(
        None, ge=1, description="number of the copy by crop.perturb that models see instead of the outline as drawn"
    )


class Crop(Section):
    """From readers' outlines to crops."""

    region: Literal["lesion", "ring", "background", "whole"] = Field(
        description="region that is analysed: the outlined lesion, the ring around it, tissue next to it (background), "
        "or the whole image"
    )
    pixels: Literal["cleaned", "as_exported"] = Field(
        "cleaned", description="images without the overlays that clean removed (cleaned), or as_exported"
    )
    margin: float = Field(ge=0, description="rim of the crop around the region as a share of its longer side")
    ring: float | None = Field(
        None, gt=0, description="width of the ring as a share of the diameter of a disc of the lesion's area"
    )
    shape: Literal["box", "square"] = Field(
        "box", description="box: the crop has the sides of the region; square: the shorter side is extended"
    )
    label: str = Field(
        "",
        description="name, number or colour (#rrggbb) of the structure in outlines that hold several; empty: "
        "everything drawn counts",
    )
    perturb: Perturb | None = Field(
        None,
        description="copies of the analysis outline, changed at random, whose features show how stable they are",
    )
    min_pixels: int = Field(ge=1, description="smallest outline that is used", json_schema_extra=unit("px"))
    max_share: float = Field(
        0.8,
        gt=0,
        le=1,
        description="largest share of the frame, and of the scan region, that an outline may cover; an outline that "
        "touches all four sides of the frame is refused too, unless this is 1",
    )
    analysis: Analysis = Field(description="the outlines that models see; all others serve reliability")

    @model_validator(mode="after")
    def _ring_has_a_width(self) -> Self:
        if self.region == "ring" and self.ring is None:
            raise missing("ring")
        return self
