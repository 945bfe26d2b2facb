"""A network trained end to end on crops."""

from pydantic import Field

from sonomics.core.settings.base import Section
from sonomics.core.settings.networks import Architecture, Batch, Epochs, LearningRate, Size, StartingWeights
from sonomics.core.settings.train import Model
from sonomics.kinds.models import ModelKind


class Network(Model):
    """The network, what its training starts from, and its schedule."""

    architecture: Architecture
    weights: StartingWeights
    size: Size
    epochs: Epochs
    batch: Batch
    learning_rate: LearningRate
    weight_decay: float = Field(ge=0, description="weight decay of AdamW")


class NetworkKind(ModelKind):
    """The network, whose training always balances the classes."""

    def balances_classes(self, settings: Section) -> bool:
        """Return True: the loss weights both classes equally."""
        return True

    def describe_training(self, settings: Section) -> str:
        """Describe the start, the optimiser and its schedule."""
        start = "random weights" if getattr(settings, "weights", None) == "none" else "pretrained weights"
        return f"started from {start} and {super().describe_training(settings)}"


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
