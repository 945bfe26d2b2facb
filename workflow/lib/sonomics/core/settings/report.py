"""`report`: the page."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.author import Author
from sonomics.core.settings.base import Name, Section, Split


class Answer(Section):
    """The authors' own answer to an item of a reporting guideline."""

    status: Literal["reported", "partly", "missing", "not applicable"] = Field(
        description="kind of answer; METRICS counts reported as yes"
    )
    text: str = Field(min_length=1, description="the reason, or where in the manuscript it is reported")


Answers = Annotated[dict[str, Answer], Field(description="items of the guideline by number, and the answer to each")]


class Items(Section):
    """The authors' own answers to items of reporting guidelines, which replace what the report finds itself."""

    clear: Answers = Field({})
    metrics: Answers = Field({})
    tripod_ai: Answers = Field({})
    claim: Answers = Field({})
    stard: Answers = Field({})


class Figure(Section):
    """One published figure."""

    task: Name | None = Field(None, description="our task; without it, the first")
    set: Split = Field(description="our set that the figure is compared with")
    statistic: str = Field(min_length=1, description="a statistic of results/evaluate/.../performance.csv")
    model: Name = Field(description="our final model that the figure is compared with")
    value: float = Field(description="the figure as published")
    interval: list[float] | None = Field(
        None, min_length=2, max_length=2, description="its confidence interval as published"
    )
    note: str = Field("", description="what the published model or set is, and what the reader should know")


class Published(Section):
    """The publication whose design the study follows, and whose figures are shown next to ours."""

    paper: str = Field(min_length=1, description="the publication")
    note: str | None = Field(None, description="how the two studies differ")
    figures: list[Figure] = Field(min_length=1, description="figures of the publication")


class Report(Section):
    """The page."""

    shown_cases: int = Field(ge=0, description="number of cases whose crops are on the page")
    share: bool = Field(
        False,
        description="make a page that may leave the group: without images, pseudonyms or clinical data of single "
        "patients",
    )
    author: Author = Field(
        Author.partial({}), description="what only the authors can state; the page lists what is still to be stated"
    )
    items: Items = Field(
        Items.partial({}),
        description="the authors' own answers to items of reporting guidelines, which replace what the report finds "
        "itself",
    )
    published: Published | None = Field(
        None, description="publication whose design the study follows, and whose figures are shown next to ours"
    )
