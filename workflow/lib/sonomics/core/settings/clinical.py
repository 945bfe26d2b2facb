"""`export.clinical`: tables of clinical data, and the columns of the cohort that are filled from them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import ByType, Name, Pattern, Section, Value, broken

Cell = Annotated[str, Field(description="place of the value as `<table>.<column>`")]
Column = Annotated[
    str,
    Field(pattern="^[A-Za-z][A-Za-z0-9_]*$", description="a column: letters, digits and underscores, a letter first"),
]
Words = Annotated[list[Value], Field(min_length=1)]


class ClinicalTable(Section):
    """One clinical table."""

    file: str = Field(description="CSV or Excel (.xlsx) file, seen from root")
    key: str = Field(description="column that identifies whose a row is")
    identifies: Literal["patient_id", "accession", "study_uid", "patient", "case"] = Field(
        description="what the key is: an identity of the linkage table (patient_id, accession, study_uid), or a "
        "pseudonym of the cohort (patient, case)"
    )
    digits: int = Field(0, ge=0, description="keys are padded with leading zeros to this number of digits; 0: not")
    prefix: str = Field("", description="text that is put before a key")
    sheet: str | None = Field(None, description="sheet of an Excel file; without it, the first")
    separator: str = Field(",", min_length=1, description="separator of the cells of a CSV file")
    encoding: str = Field("utf-8-sig", description="encoding of a CSV file")
    decimal: Literal[".", ","] = Field(".", description="decimal mark of the numbers")
    dates: str = Field("%Y-%m-%d", description="format of dates that are not in ISO format, such as %d.%m.%Y")
    nearest_to_exam: str | None = Field(
        None, description="column of a date; of several rows of a case, the one nearest to the exam counts"
    )


class UnitColumn(Section):
    """The column that holds the unit of each value."""

    from_: Cell = Field(alias="from")


class RelativeDate(Section):
    """A date of the source, of which the cohort gets the time between it and the exam."""

    unit: Literal["day", "month", "year"] = Field(description="whole days, months, or completed years")
    counted: Literal["after_exam", "before_exam"] = Field(description="count from the exam on, or up to the exam")


class ClinicalColumn(Section):
    """One column of the cohort: where it comes from, and what it may hold."""

    from_: Cell = Field(alias="from")
    meaning: str = Field(min_length=1, description="meaning of the column, for the data dictionary")
    unit: Annotated[str | UnitColumn, ByType()] | None = Field(
        None, description="unit of the source, or `from`: the column that holds it"
    )
    to: str | None = Field(None, description="unit in the cohort; 1 for a plain number")
    analyte: Literal["afp"] | None = Field(
        None, description="substance that is measured, to convert between mass and international units"
    )
    factor: float | None = Field(
        None, gt=0, description="factor from the value of the source to that of the cohort, whatever the units are"
    )
    limits: Literal["unknown", "take"] = Field(
        "unknown", description="a value such as `<0.6` is unknown, or is taken for its limit"
    )
    range: list[float] | None = Field(
        None, min_length=2, max_length=2, description="lowest and highest plausible value, in the unit of the cohort"
    )
    cap: float | None = Field(None, description="higher values are set to this one, such as 90 for age")
    values: Annotated[Words | dict[str, Words], ByType()] | None = Field(
        None,
        description="words that the cohort may hold, as a list or as word -> spellings in the source; all else is "
        "unknown",
    )
    pattern: Pattern | None = Field(
        None, description="regular expression that finds `(?P<value>...)`, and perhaps `(?P<unit>...)`, in free text"
    )
    several: Literal["unknown", "first", "largest"] = Field(
        "unknown",
        description="value that counts when the pattern finds different ones: none (unknown), the first, or the "
        "largest number",
    )
    date: RelativeDate | None = Field(
        None, description="the source is a date, of which the cohort gets the time between it and the exam"
    )

    @model_validator(mode="after")
    def _number_word_or_date(self) -> Self:
        kinds = [self.unit is not None and self.to is not None, self.values is not None, self.date is not None]
        if sum(kinds) != 1:
            raise broken("one of these must be stated: unit and to, or values, or date")
        return self


class FollowUp(Section):
    """Dates that become `time` (months) and `event`."""

    start: str = Field(description="start of the follow-up: exam, or `<table>.<column>`, such as that of the operation")
    event: str = Field(description="`<table>.<column>` of the date of the event, empty when there was none")
    last_contact: str = Field(description="`<table>.<column>` of the last day without the event")


class Clinical(Section):
    """Tables of clinical data, and the columns of the cohort that are filled from them."""

    root: str = Field(description="folder of the tables, outside every repository; environment variables are expanded")
    tables: dict[Name, ClinicalTable] = Field(min_length=1, description="clinical tables by name")
    exam_date: str | None = Field(
        None,
        description="day of the ultrasound exam, from which times are counted: linkage (the linkage table), or "
        "`<table>.<column>`",
    )
    columns: dict[Column, ClinicalColumn] = Field(
        description="columns of the cohort by name: where each comes from, and what it may hold"
    )
    follow_up: FollowUp | None = Field(None, description="dates that become `time` (months) and `event`")
