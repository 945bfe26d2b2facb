"""`study`: the question, the patients' labels, and how the study is repeated."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sonomics.core.settings.base import Name, Section, Unique, kind_of
from sonomics.core.settings.tasks import Task


class Study(Section):
    """The question, the labels, and how the study is repeated."""

    name: Name = Field(description="short name of the study")
    title: str = Field(min_length=1, description="title of the report")
    question: str = Field(min_length=1, description="the question of the study in one sentence")
    seed: int = Field(ge=0, description="seed of all random numbers; every other seed is derived from it")
    threads: int = Field(ge=1, description="threads of one job; jobs run in parallel")
    portable: bool = Field(
        description="compute the same bytes on every x86-64 processor with AVX2; false takes the fastest code of this "
        "machine, and last digits are then its own",
    )
    chunks: int = Field(ge=1, description="number of chunks that the work on images is cut into")
    clinical: Annotated[list[str], Unique()] = Field(
        description="clinical columns of the cohort that models and tables may use"
    )
    tasks: dict[Name, Annotated[Task, kind_of("tasks", tag="type")]] = Field(
        min_length=1, description="outcomes to predict, by name"
    )
    data: Annotated[list[str], Unique()] = Field(
        [], description="public data sets that the images are of, by name, such as BUS-BRA"
    )
    accept: Annotated[list[Literal["contaminated_weights", "restricted_weights"]], Unique()] = Field(
        [],
        description="what the study accepts, and its report says: starting weights that were trained on its own images "
        "(contaminated_weights), or whose licence is not free for every use (restricted_weights)",
    )
    shuffle_labels: bool = Field(description="permute the training labels at random (a negative control)")
    variants: dict[Name, dict[str, Any]] = Field(
        description="runs of the study by name, `main: {}` among them; each states the keys that it changes, merged "
        "key by key, and null takes a map out",
    )
