"""What every network is stated by: architecture, starting weights, input and training. Shared by three phases."""

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import ByType, Section, SectionByKey, Unique, broken, unit

Architecture = Annotated[str, Field(description="timm name of the architecture, such as resnet18, or squeezenet1_1")]
Size = Annotated[int, Field(ge=32, description="side of the square input of the network", json_schema_extra=unit("px"))]
Epochs = Annotated[int, Field(ge=1, description="passes over the training images")]
Batch = Annotated[int, Field(ge=2, description="images per training step")]
LearningRate = Annotated[float, Field(gt=0, description="highest learning rate of the schedule")]
Channels = Annotated[
    list[float], Field(min_length=3, max_length=3, description="one number for each of the three channels")
]


class EntryElsewhere(Section):
    """An entry of the registry whose file lies elsewhere."""

    entry: str = Field(description="name of an entry of the registry")
    file: str = Field(min_length=1, description="path of its file; environment variables are expanded")


class WrittenOut(Section):
    """An entry that the registry does not have, written out."""

    file: str | None = Field(
        None,
        min_length=1,
        description="path of the file (safetensors, pt, pth, bin or h5); environment variables are expanded. With "
        "`package` the path within it",
    )
    package: str | None = Field(
        None,
        pattern="^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
        description="name on the package index of the installed Python package that the file comes in; none of its "
        "code is run",
    )
    hub: str | None = Field(
        None,
        pattern="^[^/]+/[^/]+$",
        description="owner/name or owner/name@revision on the Hugging Face hub, instead of a file",
    )
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file in hexadecimal")
    architecture: Architecture
    scale: Literal[1, 255] = Field(1, description="input value of a white pixel before normalisation")
    channels: Literal["RGB", "BGR"] = Field("RGB", description="order of the input channels")
    mean: Channels = Field(description="mean that is subtracted from each channel")
    std: Channels = Field(description="standard deviation that each channel is divided by")
    grey: Literal["repeat", "average"] = Field(
        description="how a grey image becomes three channels: repeat normalises each by its own mean and standard "
        "deviation, average normalises all by the averages"
    )
    size: Size = Field(description="side of the input that the weights were trained on")
    prefix: str = Field("", description="text before timm's names of the tensors, such as `backbone.`")
    match: Literal["name", "order"] = Field(
        "name",
        description="name: the tensors have timm's names; order: other names in timm's order, which agree with "
        "timm's one by one in shape and in the last part of the name",
    )
    licence: str = Field(min_length=1, description="licence of the weights")
    use: Literal["free", "non_commercial", "unclear"] = Field(
        "free", description="what the licence allows; all but free must be accepted (study.accept)"
    )
    pretrained_on: str = Field("", description="images that the weights were trained on, such as ImageNet, in words")
    data: Annotated[list[str], Unique()] = Field(
        [], description="public data sets among them, by name; a study that is made of one of them (study.data) stops"
    )
    citation: str = Field("", description="publication to cite for the weights")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.hub is None):
            raise broken("one of these must be stated: file (with or without package) or hub")
        if self.package is not None:
            path = PurePosixPath(self.file or "")
            if path.is_absolute() or ".." in path.parts or self.file is None:
                raise broken("a path within the package is expected", key="file")
        if self.match == "order" and self.prefix:
            raise broken("names do not matter where tensors match by order", "leave the prefix out", "prefix")
        return self


Weights = str | EntryElsewhere | WrittenOut
StartingWeights = Annotated[
    str | Annotated[EntryElsewhere | WrittenOut, SectionByKey("entry", EntryElsewhere, WrittenOut)],
    ByType(),
    Field(
        description="weights before training: none (random numbers, a declared choice), the name of an entry of "
        "networks/registry.yaml, or an entry written out"
    ),
]
