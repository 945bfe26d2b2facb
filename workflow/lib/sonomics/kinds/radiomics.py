"""Features as PyRadiomics defines them: what the two kinds of families that compute them share."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Section, Unique, broken, unit
from sonomics.core.settings.extract import Family
from sonomics.kinds.families import FamilyKind, Spacing
from sonomics.kinds.wording import join_words, values_of

FeatureClass = Literal["firstorder", "shape2D", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]
CLASSES = {
    "firstorder": "first-order",
    "shape2D": "shape",
    "glcm": "grey-level co-occurrence",
    "glrlm": "run length",
    "glszm": "size zone",
    "gldm": "dependence",
    "ngtdm": "neighbouring grey-tone difference",
    "gldzm": "distance zone",
    "ngldm": "neighbouring grey-level dependence",
}


class Wavelet(Section):
    """The four bands of one level of an undecimated wavelet transform."""

    wavelet: str = Field(
        "coif1",
        pattern=r"^(haar|dmey|db([1-9]|[12][0-9]|3[0-8])|sym([2-9]|1[0-9]|20)|coif([1-9]|1[0-7])|"
        r"(bior|rbio)(1\.[135]|2\.[2468]|3\.[13579]|4\.4|5\.5|6\.8))$",
        description="PyWavelets name of a discrete wavelet, such as haar, db2, sym4, coif1, bior2.2 or dmey",
    )


class LaplacianOfGaussian(Section):
    """The Laplacian of a Gaussian, times its variance."""

    sigma: Annotated[list[Annotated[float, Field(gt=0, description="a width above 0")]], Unique()] = Field(
        min_length=1,
        description="standard deviations of the Gaussian, in mm if crops are resampled",
        json_schema_extra=unit("px"),
    )


class LocalBinaryPatterns(Section):
    """Uniform local binary patterns."""

    radius: float = Field(1, gt=0, description="distance of the samples from the pixel", json_schema_extra=unit("px"))
    samples: int = Field(8, ge=4, le=24, description="samples on the circle")


class Plain(Section):
    """A filter without keys of its own."""


class Filters(Section):
    """Images that features are computed of; their order is that of the columns."""

    exponential: Plain | None = Field(None, description="exponentials of the grey levels")
    gradient: Plain | None = Field(None, description="length of the gradient")
    lbp2d: LocalBinaryPatterns | None = Field(None, description="uniform local binary patterns")
    log: LaplacianOfGaussian | None = Field(None, description="Laplacian of a Gaussian")
    logarithm: Plain | None = Field(None, description="logarithms of the grey levels")
    original: Plain | None = Field(None, description="the crop itself")
    square: Plain | None = Field(None, description="squared grey levels")
    squareroot: Plain | None = Field(None, description="square roots of the grey levels")
    wavelet: Wavelet | None = Field(None, description="the four bands of an undecimated wavelet transform")

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if not values_of(self):
            raise broken("no filter, no image", "write `original: {}`")
        return self


class Radiomics(Family):
    """Grey levels, feature classes and filtered images."""

    bins: int = Field(ge=2, le=256, description="grey levels after discretisation, a fixed number in every region")
    classes: Sequence[str] = Field(min_length=1, description="feature classes; every kind names its own")
    filters: Filters = Field(description="images that features are computed of, at least one")
    resample_mm: Spacing


class RadiomicsKind(FamilyKind):
    """A family of the image biomarker standard."""

    def details(self, settings: Any) -> list[str]:
        """List classes, grey levels and pixel spacing."""
        classes = join_words(CLASSES[name] for name in settings.classes)
        return [f"classes {classes}", "a fixed number of grey levels in each region", *super().details(settings)]

    def feature_classes(self, settings: Any) -> Sequence[str]:
        """List the classes of features that are computed."""
        return list(settings.classes)
