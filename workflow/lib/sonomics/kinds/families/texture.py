"""PyRadiomics' features in two dimensions by an engine of our own, proved against PyRadiomics in every chunk."""

from pydantic import Field

from sonomics.kinds.radiomics import Radiomics, RadiomicsKind


class Texture(Radiomics):
    """Features and how many regions prove them."""

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
