"""Merged patients: several identifiers of one person, as the hospital states them."""

import csv
import os
from pathlib import Path

from sonomics.core.errors import StudyError

WHERE = "params.yaml, merged"


class MergedPatients:
    """Persons with more than one identifier.

    Parameters
    ----------
    persons : list of list of str
        The identifiers of each person, the one in use first.
    """

    def __init__(self, persons: list[list[str]]) -> None:
        self._of = {identifier: person for person in persons for identifier in person}

    def in_use(self, identifier: str) -> str:
        """Return the identifier in use of the person who has, or had, an identifier."""
        return self._of.get(identifier, [identifier])[0]

    def all_of(self, identifier: str) -> frozenset[str]:
        """Return all identifiers of the person who has, or had, an identifier."""
        return frozenset(self._of.get(identifier, [identifier]))


def read_merged(file: str | None) -> MergedPatients:
    """Read the table of merged patients: CSV in UTF-8 without header, one person per line.

    Parameters
    ----------
    file : str or None
        `merged` of a server; environment variables are expanded. None: nobody was merged.

    Raises
    ------
    StudyError
        When it is missing, a line has a single identifier, or an identifier stands on two lines.
    """
    if file is None:
        return MergedPatients([])
    path = Path(os.path.expandvars(file))
    if not path.is_file():
        raise StudyError(WHERE, "there is no such file", "name a CSV with the identifiers of one person per line")
    persons: list[list[str]] = []
    known: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        for cells in reader:
            person = list(dict.fromkeys(filter(None, map(str.strip, cells))))
            where = f"{WHERE}, line {reader.line_num}"
            if len(person) == 1:
                rule = "there is a single identifier"
                raise StudyError(where, rule, "separate the identifiers of a person by commas")
            if known & set(person):
                rule = "an identifier stands on an earlier line too"
                raise StudyError(where, rule, "write all identifiers of a person on one line")
            known |= set(person)
            persons += [person] if person else []
    return MergedPatients(persons)
