"""A network trained end to end on crops."""

from typing import Any, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Section, broken
from sonomics.core.settings.fusion import Columns, Fusion, MaskUse
from sonomics.core.settings.networks import Architecture, Batch, Epochs, LearningRate, Size, StartingWeights
from sonomics.core.settings.train import Model
from sonomics.kinds.models import ModelKind
from sonomics.kinds.wording import join_words

OUTLINE = {"none": "", "channel": "with the outline as a channel", "pooling": "its features averaged over the outline"}


class Network(Model):
    """The network, what its training starts from, and its schedule."""

    architecture: Architecture
    weights: StartingWeights
    size: Size
    epochs: Epochs
    batch: Batch
    learning_rate: LearningRate
    weight_decay: float = Field(ge=0, description="weight decay of AdamW")
    mask: MaskUse = "none"
    fusion: Fusion | None = Field(
        None, description="views of an exam that the network sees together; without it, it sees images one by one"
    )
    columns: Columns

    @model_validator(mode="after")
    def _one_outline_a_map(self) -> Self:
        if self.mask == "pooling" and self.fusion is not None and self.fusion.join == "early":
            rule = "views that are joined early have one feature map and several outlines"
            raise broken(rule, "choose mask: channel, or another join", "mask")
        return self


class NetworkKind(ModelKind):
    """The network, whose training always balances the classes."""

    def balances_classes(self, settings: Section) -> bool:
        """Return True: the loss weights both classes equally."""
        return True

    def describe_training(self, settings: Section) -> str:
        """Describe the start, the optimiser and its schedule."""
        start = "random weights" if getattr(settings, "weights", None) == "none" else "pretrained weights"
        return f"started from {start} and {super().describe_training(settings)}"

    def describe(self, settings: Any) -> str:
        """Describe the network, and what it sees beside single images."""
        fusion, mask, columns = settings.fusion, settings.mask, settings.columns
        seen = [
            f"{fusion.images} images of {join_words(fusion.views)} joined by {fusion.join}" if fusion else "",
            OUTLINE[mask],
            f"with {join_words(columns)}" if columns else "",
        ]
        return ", ".join(filter(None, [super().describe(settings), *seen]))

    def check(self, settings: Any, parameters: Any) -> None:
        """Check that the study has the views and names the columns as clinical."""
        stated = {
            "fusion.views": (settings.fusion.views if settings.fusion else [], parameters.clean.views, "clean.views"),
            "columns": (settings.columns, parameters.study.clinical, "study.clinical"),
        }
        for key, (names, known, where) in stated.items():
            if strange := [name for name in names if name not in known]:
                rule = f"{strange[0]} is not in {where} ({join_words(known) or 'empty'})"
                raise broken(rule, "name one of them, or add it there", key=key)


KIND = NetworkKind(
    name="network",
    settings=Network,
    builder="sonomics.train.network:main",
    takes="crops",
    words="{architecture} at {size} pixels, {epochs} epochs",
    training=(
        "was trained with AdamW (weight decay {weight_decay:g}), batches of {batch} and one cycle of the learning rate "
        "up to {learning_rate:g}"
    ),
    schedule="{epochs} epochs, batch {batch}, highest learning rate {learning_rate:g}",
    image_changes="mirrored, turned, shifted, scaled and changed in brightness and contrast",
)
