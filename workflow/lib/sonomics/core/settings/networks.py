"""What every network is stated by: architecture, starting weights, input and training. Shared by three phases."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import ByType, Section, broken, missing, unit

Architecture = Annotated[str, Field(description="timm name of the architecture, such as resnet18, or squeezenet1_1")]
Size = Annotated[int, Field(ge=32, description="side of the square input of the network", json_schema_extra=unit("px"))]
Epochs = Annotated[int, Field(ge=1, description="passes over the training images")]
Batch = Annotated[int, Field(ge=2, description="images per training step")]
LearningRate = Annotated[float, Field(gt=0, description="highest learning rate of the schedule")]
Channels = Annotated[
    list[float], Field(min_length=3, max_length=3, description="one number for each of the three channels")
]
WRITTEN_OUT = ("sha256", "architecture", "mean", "std", "grey", "size", "licence")


class Weights(Section):
    """An entry of the registry whose file lies elsewhere (`entry` and `file`), or an entry written out."""

    entry: str | None = Field(None, description="name of an entry of the registry, whose file lies elsewhere")
    file: str | None = Field(
        None,
        min_length=1,
        description="path of the file (safetensors, pt, pth, bin or h5); environment variables are expanded",
    )
    hub: str | None = Field(
        None,
        pattern="^[^/]+/[^/]+$",
        description="owner/name or owner/name@revision on the Hugging Face hub, instead of a file",
    )
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$", description="SHA-256 of the file in hexadecimal")
    architecture: Architecture | None = None
    scale: Literal[1, 255] | None = Field(
        None, description="input value of a white pixel before normalisation; without it, 1"
    )
    channels: Literal["RGB", "BGR"] | None = Field(None, description="order of the input channels; without it, RGB")
    mean: Channels | None = Field(None, description="mean that is subtracted from each channel")
    std: Channels | None = Field(None, description="standard deviation that each channel is divided by")
    grey: Literal["repeat", "average"] | None = Field(
        None,
        description="how a grey image becomes three channels: repeat normalises each by its own mean and standard "
        "deviation, average normalises all by the averages",
    )
    size: Size | None = Field(None, description="side of the input that the weights were trained on")
    prefix: str | None = Field(None, description="text before timm's names of the tensors, such as `backbone.`")
    licence: str | None = Field(None, min_length=1, description="licence of the weights")
    citation: str | None = Field(None, description="publication to cite for the weights")

    @model_validator(mode="after")
    def _one_entry(self) -> Self:
        if self.entry is not None:
            if self.file is None:
                raise missing("file")
            if self.model_fields_set != {"entry", "file"}:
                raise broken("entry goes with file alone", "state these two, or write the entry out without `entry`")
            return self
        for key in WRITTEN_OUT:
            if getattr(self, key) is None:
                raise missing(key)
        if (self.file is None) == (self.hub is None):
            raise broken("one of these must be stated: file or hub")
        return self


StartingWeights = Annotated[
    str | Weights,
    ByType(),
    Field(
        description="weights before training: none (random numbers, a declared choice), the name of an entry of "
        "networks/registry.yaml, or an entry written out"
    ),
]
