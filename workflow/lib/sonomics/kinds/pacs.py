"""Keys that sources of DICOM studies share: studies to export, the cohort to draft, and how a server is asked."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Section, Split, unit

USER, PASSWORD, TOKEN = "SONOMICS_PACS_USER", "SONOMICS_PACS_PASSWORD", "SONOMICS_PACS_TOKEN"  # in the environment
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description='a day in quotes, such as "2019-12-31"')]
File = Annotated[str, Field(min_length=1, description="path of a file; environment variables are expanded")]
Port = Annotated[int, Field(ge=1, le=65535, description="number of a TCP port")]


class Query(Section):
    """The studies that `sonomics query` lists; all criteria that are stated must be met."""

    dates: Annotated[list[Day], Field(min_length=2, max_length=2)] | None = Field(
        None, description="first and last day of the studies"
    )
    modality: str = Field("US", min_length=1, description="modality of the series that are exported")
    description: str = Field(
        "", description="description of the study, with * for any text and ? for any character; any if not given"
    )
    accessions: File | None = Field(None, description="text file with one accession number per line")
    patients: File | None = Field(None, description="text file with one patient identifier of the hospital per line")


class DraftedCohort(Section):
    """How `sonomics query` drafts the cohort from the studies that it finds."""

    centre: str = Field(description="name of the centre")
    split: dict[Split, Day] = Field(
        min_length=1, description="split -> its first day; a patient belongs to the split of the first exam"
    )


class Studies(Section):
    """DICOM studies: which of them, and whose."""

    query: Query = Field(
        Query.partial({}), description="the studies that `sonomics query` lists; all criteria stated must be met"
    )
    cohort: DraftedCohort = Field(description="how `sonomics query` drafts the cohort from the studies that it finds")
    issuer: str = Field(
        "",
        description="issuer of the patient identifiers (0010,0021); exams and objects that state another are refused",
    )
    merged: File | None = Field(
        None,
        description="CSV without header that lists merged patients, one person per line: the identifier in use, then "
        "the earlier ones; an object under another identifier than that of its exam is refused unless they are listed",
    )


class Server(Studies):
    """A server of DICOM studies, and how it is asked."""

    parallel: int = Field(2, ge=1, le=32, description="exams that are fetched at the same time (connections)")
    timeout_s: float = Field(
        60, gt=0, description="time without an answer after which a try has failed", json_schema_extra=unit("s")
    )
    retries: int = Field(4, ge=0, description="further tries after one that failed")
    pause_s: float = Field(
        1, ge=0, description="pause before the first retry; doubled before each other", json_schema_extra=unit("s")
    )
    deadline_s: float = Field(
        3600,
        gt=0,
        description="time within which an answer must be whole, however steadily it comes: a list with all its pages, "
        "or the objects of one request",
        json_schema_extra=unit("s"),
    )
    listing_mb: float = Field(
        256, gt=0, description="largest list that is read, all its pages together", json_schema_extra=unit("MB")
    )
    object_mb: float = Field(2048, gt=0, description="largest object that is received", json_schema_extra=unit("MB"))
