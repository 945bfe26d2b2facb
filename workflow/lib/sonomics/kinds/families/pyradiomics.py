"""PyRadiomics itself, in two dimensions: the reference, and slower than `texture`."""

from sonomics.kinds.radiomics import Radiomics, RadiomicsKind

KIND = RadiomicsKind(
    name="pyradiomics",
    settings=Radiomics,
    builder="sonomics.extract.pyradiomics:main",
    is_hand_crafted=True,
    is_standard=True,
    software=("pyradiomics",),
    words="PyRadiomics in two dimensions, {bins} grey levels, images: {filters}",
    grey_levels="{bins} bins in every region",
)
