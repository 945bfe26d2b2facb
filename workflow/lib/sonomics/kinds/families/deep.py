"""Pooled output of a frozen network."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Unique, missing
from sonomics.core.settings.extract import Family
from sonomics.core.settings.networks import Architecture, Batch, Size, StartingWeights
from sonomics.kinds.families import FamilyKind

Layer = Annotated[str, Field(description="name of a module of the network, such as layer3 or features.12")]


class Deep(Family):
    """The network, its input, and what is pooled."""

    architecture: Architecture
    weights: StartingWeights
    size: Size
    batch: Batch
    layers: Annotated[list[Layer], Unique()] | None = Field(
        None, min_length=1, description="modules whose output is pooled; the network's own pooled output if not given"
    )
    pooling: Literal["avg", "max", "gem", "avgmax", "grid"] | None = Field(
        None,
        description="how the output of a layer becomes numbers: means (avg), maxima (max), generalised means (gem), "
        "means and maxima (avgmax), or means of the quadrants (grid)",
    )

    @model_validator(mode="after")
    def _layers_are_pooled(self) -> Self:
        for key, other in (("layers", "pooling"), ("pooling", "layers")):
            if getattr(self, key) is None and getattr(self, other) is not None:
                raise missing(key)
        return self


KIND = FamilyKind(
    name="deep",
    settings=Deep,
    builder="sonomics.extract.deep:main",
    software=("torch", "timm"),
    words="pooled output of {architecture} at {size} pixels",
)
