"""The requests to a PACS, whatever protocol it speaks, and the ways in which they fail."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Protocol

from sonomics.core.errors import StudyError
from sonomics.kinds.pacs import Query

Keep = Callable[[bytes], bool]
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}")


class Fault(Enum):
    """The kind of failure, which decides what is done about it."""

    DENIED = "the PACS refuses us"  # the same for every exam and every try: stop
    UNFIT = "the PACS cannot be relied on"  # likewise
    DOWN = "the PACS cannot be reached"  # try again, then stop
    WRONG = "the PACS answers wrongly"  # try again, then set the exam aside
    EXCESS = "the PACS sends too much or too slowly"  # do not try again, set the exam or the object aside

    @property
    def stops(self) -> bool:
        """Whether the study stops."""
        return self in (Fault.DENIED, Fault.UNFIT, Fault.DOWN)

    @property
    def is_lasting(self) -> bool:
        """Whether another try would be as vain."""
        return self in (Fault.DENIED, Fault.UNFIT, Fault.EXCESS)


class PacsError(Exception):
    """A request that a PACS did not fulfil.

    Parameters
    ----------
    fault : Fault
    rule : str
        What went wrong. Free of identities: it is written to logs.
    fix : str
        What the user can do about it.
    """

    def __init__(self, fault: Fault, rule: str, fix: str) -> None:
        self.fault, self.rule, self.fix = fault, rule, fix
        super().__init__(f"{fault.value}: {rule}. Fix: {fix}.")


@dataclass(frozen=True)
class Criteria:
    """Which studies to list; an empty criterion is not used.

    Attributes
    ----------
    first, last : str
        Days YYYYMMDD, inclusive.
    modality : str
        Studies with any series of it are listed, and only these series are fetched.
    description : str
        Study description, in which `*` and `?` stand for any text and any letter; case is ignored.
    accessions, patients : tuple of str
        Accession numbers and hospital's patient identifiers.
    issuer : str
        Issuer of the patient identifiers; studies without one meet it too.
    """

    first: str = ""
    last: str = ""
    modality: str = "US"
    description: str = ""
    accessions: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    issuer: str = ""

    @property
    def dates(self) -> str:
        """The range of days in DICOM's form (PS3.4 C.2.2.2.5), "" for all."""
        return f"{self.first}-{self.last}" if self.first or self.last else ""

    def queries(self) -> Iterator[tuple[str, str]]:
        """Yield the pairs of accession number and patient identifier to ask for, one query each."""
        yield from product(self.accessions or ("",), self.patients or ("",))


@dataclass(frozen=True)
class Study:
    """A study (exam) that a PACS has; all values are the hospital's."""

    uid: str
    patient_id: str
    date: str = ""
    time: str = ""
    accession: str = ""
    description: str = ""
    modalities: tuple[str, ...] = ()
    issuer: str = ""

    @property
    def day(self) -> str:
        """The date as YYYYMMDD, also of YYYY.MM.DD (the form before 1993); "" when it is not a date."""
        digits = self.date.replace(".", "")
        try:
            return f"{datetime.strptime(digits, '%Y%m%d'):%Y%m%d}" if len(digits) == len("YYYYMMDD") else ""
        except ValueError:
            return ""


@dataclass(frozen=True, order=True)
class Instance:
    """An instance of a study; instances sort as the scanner numbered them."""

    series_number: int
    number: int
    uid: str
    series_uid: str


@dataclass(frozen=True)
class Order:
    """What is fetched at once: the named instances of a series, which may be all of it."""

    series_uid: str
    instances: tuple[str, ...]
    is_whole: bool = False


class Pacs(Protocol):
    """A PACS. Every method raises PacsError and nothing else of its own."""

    def check(self) -> None:
        """Check the connection, so that a wrong address or title is not mistaken for a missing exam."""

    def close(self) -> None:
        """End all connections."""

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria, as far as the PACS understands them."""

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Pass each object that comes for an order to `keep`, as a DICOM file; `keep` refuses what is not asked for."""


def read_criteria(query: Query) -> Criteria:
    """Read the criteria of a study.

    Parameters
    ----------
    query : Query
        `export.<source>.query` of params.

    Raises
    ------
    StudyError
        When a list of accession numbers or patients is missing.
    """
    first, last = (day.replace("-", "") for day in query.dates or ("", ""))
    return Criteria(
        first=first,
        last=last,
        modality=query.modality,
        description=query.description,
        accessions=_read_lines(query.accessions, "accessions"),
        patients=_read_lines(query.patients, "patients"),
    )


def group_into_orders(listed: Sequence[Instance], missing: Sequence[Instance]) -> list[Order]:
    """Group missing instances into orders: a series of which nothing has arrived is one order, else its instances."""
    by_series: dict[str, list[str]] = {}
    for instance in missing:
        by_series.setdefault(instance.series_uid, []).append(instance.uid)
    sizes = Counter(instance.series_uid for instance in listed)
    return [Order(series, tuple(uids), len(uids) == sizes[series]) for series, uids in by_series.items()]


def parse_number(text: str) -> int:
    """Read an integer as DICOM writes it (IS); 0 for anything else."""
    return int(text) if _INTEGER.fullmatch(text) else 0


def meets_criteria(study: Study, criteria: Criteria) -> bool:
    """Tell whether a study meets the criteria: a PACS may ignore those that it does not understand."""
    if not criteria.first <= study.day <= (criteria.last or "9"):
        return False
    if study.modalities and criteria.modality not in study.modalities:
        return False
    if criteria.description and not fnmatchcase(study.description.lower(), criteria.description.lower()):
        return False
    if criteria.issuer and study.issuer not in ("", criteria.issuer):
        return False
    if criteria.accessions and study.accession not in criteria.accessions:
        return False
    return not criteria.patients or study.patient_id in criteria.patients


def _read_lines(file: str | None, name: str) -> tuple[str, ...]:
    if file is None:
        return ()
    path = Path(os.path.expandvars(file))
    where = f"params.yaml, query.{name}"
    if not path.is_file():
        raise StudyError(where, f"there is no file {path}", "name a text file with one value per line")
    lines = tuple(dict.fromkeys(filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines()))))
    if not lines:
        raise StudyError(where, f"{path} is empty", "write one value a line")
    return lines
