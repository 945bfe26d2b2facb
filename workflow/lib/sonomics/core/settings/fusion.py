"""What a network sees beside single grey crops: outlines, several images of a case, clinical variables."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Name, Section, Unique, broken

MaskUse = Annotated[
    Literal["none", "channel", "pooling"],
    Field(
        description="how a network sees the outline: not at all (none), as a further channel of the image, or by "
        "averaging its last feature map over the outline only (pooling)"
    ),
]
Columns = Annotated[
    list[str],
    Unique(),
    Field(
        default_factory=list,
        description="columns of study.clinical that the network takes beside the image: numbers standardised on the "
        "training rows of the fold, each with a mark where it is missing; words as one number a word",
    ),
]


class Fusion(Section):
    """Which images of an exam are joined to one row, and how the network joins them."""

    views: Annotated[list[Name], Unique()] = Field(
        min_length=2, description="views that are joined, in this order; a view that an exam lacks is masked"
    )
    images: Literal["first", "sharpest", "nearest", "combinations", "pictures"] = Field(
        "first",
        description="images of an exam that are joined: of each view the first or the sharpest; those nearest to each "
        "other in the time of their clip; all combinations, which are scored one by one and pooled; or those cut out "
        "of one picture that shows views side by side (pictures)",
    )
    trunks: Literal["shared", "separate"] = Field(
        "shared", description="one trunk for all views (shared), or one for each view (separate)"
    )
    join: Literal["early", "concatenation", "gated", "attention"] = Field(
        "concatenation",
        description="early: the views are channels of one image; concatenation: the features of the views stand next "
        "to each other; gated: their sum, each feature weighted by a gate; attention: their mean, weighted by it",
    )

    @model_validator(mode="after")
    def _one_trunk_sees_all_channels(self) -> Self:
        if self.join == "early" and self.trunks == "separate":
            raise broken("join: early has one trunk, which sees all views", "state trunks: shared", "trunks")
        return self
