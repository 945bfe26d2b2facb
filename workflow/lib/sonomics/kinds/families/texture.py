"""PyRadiomics' features in two dimensions by an engine of our own, proved against PyRadiomics in every chunk."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import Unique
from sonomics.kinds.radiomics import FeatureClass, Radiomics, RadiomicsKind


class Texture(Radiomics):
    """Features and how many regions prove them."""

    classes: Annotated[list[FeatureClass | Literal["gldzm", "ngldm"]], Unique()] = Field(
        min_length=1,
        description="feature classes; shape2D is the shape of the outline; PyRadiomics lacks gldzm and ngldm, which "
        "have the values of the image biomarker standard",
    )

    proof: int = Field(
        3, ge=0, description="regions of each chunk that are recomputed with PyRadiomics; a difference stops the study"
    )


KIND = RadiomicsKind(
    name="texture",
    settings=Texture,
    builder="sonomics.extract.texture:main",
    is_hand_crafted=True,
    is_standard=True,
    own_engine=True,
    words="first-order, shape and texture features in two dimensions, {bins} grey levels, images: {filters}",
    grey_levels="{bins} bins in every region",
)
