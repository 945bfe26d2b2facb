"""PyRadiomics itself, in two dimensions: the reference, and slower than `texture`."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Unique
from sonomics.kinds.radiomics import FeatureClass, Radiomics, RadiomicsKind


class PyRadiomics(Radiomics):
    """Features that PyRadiomics has."""

    classes: Annotated[list[FeatureClass], Unique()] = Field(
        min_length=1, description="feature classes; shape2D is the shape of the outline"
    )


KIND = RadiomicsKind(
    name="pyradiomics",
    settings=PyRadiomics,
    builder="sonomics.extract.pyradiomics:main",
    is_hand_crafted=True,
    is_standard=True,
    software=("pyradiomics",),
    words="PyRadiomics in two dimensions, {bins} grey levels, images: {filters}",
    grey_levels="{bins} bins in every region",
)
