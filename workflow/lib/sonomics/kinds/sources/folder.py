"""Files in a folder or ZIP file: pictures listed in a table, or DICOM files in any layout."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Name, Pattern, Section, broken, missing
from sonomics.kinds.pacs import Studies
from sonomics.kinds.sources import SourceKind

Cell = str | int | float
LISTED = ("table", "view", "columns", "images", "cohort")


class Columns(Section):
    """Columns of the table, by what they hold."""

    patient: str = Field(description="column of the patient")
    case: str | None = Field(None, description="column that distinguishes cases of one patient, such as a lesion id")
    exam: str | None = Field(None, description="column that distinguishes the exams of one case")
    device: str | None = Field(None, description="column of the scanner")
    spacing_mm: str | None = Field(None, description="column of the pixel spacing in mm")


class Renamed(Section):
    """A column of the table whose values get other names."""

    column: str = Field(description="column of the table")
    values: dict[str | int, list[Cell]] = Field(description="name -> values of the column that mean it")


class ListedCohort(Section):
    """How `sonomics query` drafts the cohort from the table."""

    centre: str = Field(description="name of the centre")
    split: Renamed = Field(description="split of a case; cases with other values are left out")
    fold: Renamed | None = Field(None, description="cross-validation fold of a training case")
    columns: dict[str, str] = Field(description="column of the cohort -> column of the table")


class Folder(Section):
    """Pictures that a table lists, or DICOM files in any layout, in a folder or ZIP file."""

    root: str = Field(description="folder or ZIP file of the data; environment variables are expanded")
    dicom: Studies | None = Field(
        None, description="DICOM files in any layout, also in ZIP files; goes with root alone"
    )
    table: str | None = Field(None, description="CSV with one row per image, as a path below root")
    view: Name | None = Field(None, description="view of all images")
    prefix: str = Field(
        "", pattern="^[A-Za-z0-9_]*$", description="text before the patient's value that makes it a pseudonym"
    )
    captures: dict[str, Pattern] = Field(
        {}, description="column -> regular expression whose named groups, (?P<name>...), become further columns"
    )
    columns: Columns | None = Field(None, description="columns of the table, by what they hold")
    images: str | None = Field(None, description="path of an image below root, with {column} in it")
    pixels: Literal["deidentify", "keep"] = Field(
        "deidentify",
        description="pixels of listed pictures: deidentify blanks what is outside the scan and removes text, as in "
        "DICOM frames; keep is for a set that is public or known to name nobody",
    )
    outlines: dict[Name, str] = Field(
        {}, description="reader -> path of the mask of an image below root, with {column} in it"
    )
    cohort: ListedCohort | None = Field(None, description="how `sonomics query` drafts the cohort from the table")

    @model_validator(mode="after")
    def _a_table_or_dicom_files(self) -> Self:
        stated = [name for name in LISTED if getattr(self, name) is not None]
        if self.dicom is None:
            for name in LISTED:
                if name not in stated:
                    raise missing(name)
        elif stated:
            raise broken(f"too many keys: dicom goes with root alone, not with {stated[0]}", "take one of the two out")
        return self


class FolderKind(SourceKind):
    """A folder, whose files may be pictures or DICOM objects."""

    def studies(self, settings: Any) -> Studies | None:
        """Return the section of the DICOM files, if these are exported."""
        dicom: Studies | None = settings.dicom
        return dicom

    def outline_readers(self, settings: Any) -> Sequence[str]:
        """List the readers whose masks come with the pictures."""
        return list(settings.outlines)

    def describe_pixels(self, settings: Any) -> str:
        """Describe what is done to the pixels of pictures."""
        if self.keeps_pixels(settings):
            return "pixels of pictures were not checked for text that names a patient"
        return "pixels outside the scan were blanked, and writing found inside it removed"

    def describe_pictures(self, settings: Any) -> str:
        """Describe how pictures lose identities."""
        if self.keeps_pixels(settings):
            return "pictures without metadata; their pixels not checked for text"
        listed = "pictures without metadata, blanked outside the scan and freed of writing"
        return "" if settings.dicom is not None else listed

    def keeps_pixels(self, settings: Any) -> bool:
        """Tell whether pixels are left as they are."""
        return bool(settings.pixels == "keep")


KIND = FolderKind(
    name="folder",
    settings=Folder,
    builder="sonomics.export.folder:main",
    draft="sonomics.export.cohort.drafts:draft_from_folder",
    contents="sonomics.export.files.source_contents:name_chunks",
    words="a folder, de-identified: DICOM files after DICOM PS3.15, pictures written anew without their metadata",
)
