"""Decide what is done to each element: the table of PS3.15 Annex E, and the few elements known to be safe."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from sonomics.core.settings.export import Deidentify

DEVICE, DATES, CHARACTERISTICS = "device", "dates", "characteristics"
MAKER: Final = ("Manufacturer", "ManufacturerModelName")
DATE_TIME: Final = ("DA", "TM", "DT")
ITEMS, CODES, NUMBERS = "items", "codes", "numbers"
TABLE, SAFE = "confidentiality.csv", "safe.csv"


class Action(StrEnum):
    """What is done to an element; the letters are those of PS3.15 Table E.1-1a, and ours."""

    KEEP = "K"
    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    UID = "U"
    SHIFT = "C dates"
    PSEUDONYM = "K device"
    MAKER = "K maker"
    PERSON = "K person"
    ITEMS = "items"
    CODES = "codes"


@dataclass(frozen=True)
class Profile:
    """The Basic Application Level Confidentiality Profile with the options that a study takes.

    Attributes
    ----------
    retain : frozenset of str
        `device` (Retain Device Identity: manufacturer and model stay, serial numbers and names of stations become keyed
        pseudonyms), `dates` (Retain Longitudinal Temporal Information with Modified Dates), `characteristics` (Retain
        Patient Characteristics, of which sex and age only).
    device_words : frozenset of str
        Further words that names of devices may hold.
    text_reviewed : bool
        Whether a person has looked for text on what leaves (Clean Pixel Data Option).
    """

    retain: frozenset[str]
    device_words: frozenset[str] = frozenset()
    text_reviewed: bool = False

    @classmethod
    def of(cls, settings: Deidentify) -> "Profile":
        """Make the profile that `export.deidentify` describes."""
        return cls(frozenset(settings.retain), frozenset(settings.device_words), settings.text_reviewed)

    def action(self, keyword: str, vr: str) -> Action:
        """Decide what is done to a public element; one that neither table lists is removed.

        Where the table leaves a choice, the first is taken (X before Z before D), but for sequences of references
        (X/Z/U*), which keep their instances under new UIDs.
        """
        if keyword in MAKER:
            return Action.MAKER if DEVICE in self.retain else Action.REMOVE
        row = _read_confidentiality_table().get(keyword)
        if row is None or row["basic"] == "X/Z/U*":
            return _decide_safe_action(keyword)
        if DATES in self.retain and row[DATES] and vr in DATE_TIME:
            return Action.SHIFT
        if CHARACTERISTICS in self.retain and keyword in ("PatientSex", "PatientAge"):
            return Action.PERSON
        if DEVICE in self.retain and row[DEVICE] == "K" and vr in ("LO", "SH", "UT", "UI"):
            return Action.UID if vr == "UI" else Action.PSEUDONYM
        return Action(row["basic"].split("/")[0])


def is_listed(keyword: str) -> bool:
    """Tell whether one of the two tables lists an element."""
    return keyword in MAKER or keyword in _read_confidentiality_table() or keyword in read_safe_values()


@cache
def read_safe_values() -> dict[str, str]:
    """Read the safe elements.

    Returns
    -------
    dict
        Keyword to what it may hold: `numbers`, `items` or `codes` of a sequence, else a regular expression.
    """
    return {row["keyword"]: row["values"] for row in _read_rows(SAFE)}


@cache
def read_ranges() -> dict[str, tuple[float, float]]:
    """Read the least and the greatest value of every safe element that holds numbers."""
    stated = {row["keyword"]: row["range"].partition("..") for row in _read_rows(SAFE) if row["range"]}
    return {name: (float(least), float(most)) for name, (least, _, most) in stated.items()}


def _decide_safe_action(keyword: str) -> Action:
    values = read_safe_values().get(keyword)
    if values is None:
        return Action.REMOVE
    return Action(values) if values in (ITEMS, CODES) else Action.KEEP


@cache
def _read_confidentiality_table() -> dict[str, dict[str, str]]:
    return {row["keyword"]: row for row in _read_rows(TABLE)}


def _read_rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="ascii")
    return list(csv.DictReader(text.splitlines()))
