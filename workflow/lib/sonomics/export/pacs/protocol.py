"""What every PACS can be asked, whatever protocol it speaks, and what can go wrong."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any, Protocol

from sonomics.core.errors import StudyError

USER, PASSWORD, TOKEN = "SONOMICS_PACS_USER", "SONOMICS_PACS_PASSWORD", "SONOMICS_PACS_TOKEN"


Keep = Callable[[bytes], None]


class Fault(Enum):
    """What kind of thing went wrong, which decides what is done about it."""

    DENIED = "the PACS refuses us"  # the same for every exam and every try: stop
    DOWN = "the PACS cannot be reached"  # try again, then stop
    WRONG = "the PACS answers wrongly"  # try again, then set the exam aside


class PacsError(Exception):
    """What a PACS did not do.

    Parameters
    ----------
    fault : Fault
    rule : str
        What was expected of it. Free of identities: it is written to logs.
    fix : str
        What the user can do about it.
    """

    def __init__(self, fault: Fault, rule: str, fix: str) -> None:
        self.fault, self.rule, self.fix = fault, rule, fix
        super().__init__(f"{fault.value}: {rule}. Fix: {fix}.")


@dataclass(frozen=True)
class Criteria:
    """Which studies are wanted; what is empty is not asked for.

    Attributes
    ----------
    first, last : str
        Days YYYYMMDD, inclusive.
    modality : str
        A study with any series of it is wanted, and only these series are fetched.
    description : str
        Study description, in which `*` and `?` stand for any text and any letter; case does not matter.
    accessions, patients : tuple of str
        Accession numbers and hospital's patient identifiers.
    """

    first: str = ""
    last: str = ""
    modality: str = "US"
    description: str = ""
    accessions: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()

    @property
    def dates(self) -> str:
        """The range of days as DICOM writes it (PS3.4 C.2.2.2.5), "" for all."""
        return f"{self.first}-{self.last}" if self.first or self.last else ""

    def questions(self) -> Iterator[tuple[str, str]]:
        """List the pairs of accession number and patient identifier to ask for, one question each."""
        yield from product(self.accessions or ("",), self.patients or ("",))


@dataclass(frozen=True)
class Study:
    """A study (exam) that a PACS has; all of it is the hospital's."""

    uid: str
    patient_id: str
    date: str = ""
    time: str = ""
    accession: str = ""
    description: str = ""
    modalities: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The date as YYYYMMDD, also of YYYY.MM.DD (so written before 1993); "" when it is no date."""
        digits = self.date.replace(".", "")
        try:
            return f"{datetime.strptime(digits, '%Y%m%d'):%Y%m%d}" if len(digits) == len("YYYYMMDD") else ""
        except ValueError:
            return ""


@dataclass(frozen=True, order=True)
class Instance:
    """An instance that a study has; sorted as the scanner numbered them."""

    series_number: int
    number: int
    uid: str
    series_uid: str


@dataclass(frozen=True)
class Order:
    """What is fetched at once: instances of a series, or, when none is named, the whole of it."""

    series_uid: str
    instances: tuple[str, ...] = ()


class Pacs(Protocol):
    """A PACS that can be asked. Every method raises PacsError and nothing else of its own."""

    def check(self) -> None:
        """Ask for a sign of life, so that a wrong address or title is told apart from a missing exam."""

    def close(self) -> None:
        """End all connections."""

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria, as far as the PACS understands them."""

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Hand each instance of an order to `keep` as a DICOM file."""


def criteria_of(query: Mapping[str, Any]) -> Criteria:
    """Read the criteria of a study.

    Parameters
    ----------
    query : mapping
        `export.<source>.query` of params.

    Raises
    ------
    StudyError
        When a list of accession numbers or patients is not there.
    """
    first, last = (day.replace("-", "") for day in query.get("dates", ("", "")))
    return Criteria(
        first=first,
        last=last,
        modality=query.get("modality", "US"),
        description=query.get("description", ""),
        accessions=_lines(query, "accessions"),
        patients=_lines(query, "patients"),
    )


def orders(listed: Sequence[Instance], missing: Sequence[Instance]) -> list[Order]:
    """Order what is missing: a series of which nothing is there as a whole, else by instance."""
    wanted: dict[str, list[str]] = {}
    for instance in missing:
        wanted.setdefault(instance.series_uid, []).append(instance.uid)
    sizes = Counter(instance.series_uid for instance in listed)
    return [Order(series, () if len(uids) == sizes[series] else tuple(uids)) for series, uids in wanted.items()]


def meets(study: Study, criteria: Criteria) -> bool:
    """Tell whether a study meets the criteria: a PACS may leave out what it does not understand."""
    if not criteria.first <= study.day <= (criteria.last or "9"):
        return False
    if study.modalities and criteria.modality not in study.modalities:
        return False
    if criteria.description and not fnmatchcase(study.description.lower(), criteria.description.lower()):
        return False
    if criteria.accessions and study.accession not in criteria.accessions:
        return False
    return not criteria.patients or study.patient_id in criteria.patients


def _lines(query: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if name not in query:
        return ()
    path = Path(os.path.expandvars(query[name]))
    where = f"params.yaml, query.{name}"
    if not path.is_file():
        raise StudyError(where, f"there is no file {path}", "name a text file with one value a line")
    lines = tuple(dict.fromkeys(filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines()))))
    if not lines:
        raise StudyError(where, f"{path} is empty", "write one value a line")
    return lines
