"""How a network is trained: optimiser, schedule, what is frozen, when it stops, and how it is applied."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Section, broken, missing
from sonomics.core.settings.networks import Batch, Epochs, LearningRate
from sonomics.core.settings.train import Model


class Stop(Section):
    """An inner part of the training cases of a fold, on which the best epoch is chosen."""

    share: float = Field(
        gt=0, le=0.5, description="share of the training patients of the fold that is set apart, stratified by label"
    )
    patience: int = Field(ge=1, description="epochs without a smaller loss of the inner part after which training ends")


class Trained(Model):
    """A model that is trained step by step."""

    epochs: Epochs
    batch: Batch
    learning_rate: LearningRate
    weight_decay: float = Field(ge=0, description="weight decay of the optimiser")
    optimiser: Literal["adamw", "adam", "sgd"] = Field(
        "adamw", description="optimiser: AdamW, Adam, or stochastic gradient descent with momentum 0.9 (sgd)"
    )
    schedule: Literal["one_cycle", "cosine", "halving", "constant"] = Field(
        "one_cycle",
        description="of the learning rate, step by step: one_cycle rises and falls; cosine falls to 0; halving halves "
        "it every `halve_every` epochs; constant keeps it",
    )
    halve_every: int | None = Field(None, ge=1, description="of halving: epochs between two halvings")
    warm_up: int = Field(
        0, ge=0, description="epochs in which the learning rate rises from 0 on a line; one_cycle has a rise of its own"
    )
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="share of the features before the heads that is dropped at random in training"
    )
    frozen_epochs: int = Field(
        0,
        ge=0,
        description="first epochs in which the starting weights stay as they are and only what was added learns",
    )
    average: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None,
        description="decay of an exponential moving average of the weights over the steps, which then is the network",
    )
    stop: Stop | None = Field(
        None, description="choose the best epoch on an inner part of the training cases; without it, the last is taken"
    )
    test_time: Literal["none", "flip"] = Field(
        "none", description="flip: the score of an image is the mean of those of the image and its mirror image"
    )

    @model_validator(mode="after")
    def _a_schedule_with_what_it_needs(self) -> Self:
        if self.schedule == "halving" and self.halve_every is None:
            raise missing("halve_every")
        if self.schedule != "halving" and self.halve_every is not None:
            raise broken(f"{self.schedule} halves nothing", "take it out, or state schedule: halving", "halve_every")
        if self.schedule == "one_cycle" and self.warm_up:
            raise broken("one_cycle has a rise of its own", "take warm_up out, or choose another schedule", "warm_up")
        for key in ("warm_up", "frozen_epochs"):
            if getattr(self, key) > self.epochs:
                raise broken(f"{getattr(self, key)} is more than the epochs ({self.epochs})", "lower it", key)
        return self
