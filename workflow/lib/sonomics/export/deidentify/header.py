"""The header of a DICOM object, written anew from the elements that may stay."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sr.codedict import codes
from pydicom.tag import BaseTag

from sonomics.export.deidentify import values
from sonomics.export.deidentify.profile import NUMBERS, Action, Profile, known, safe_values
from sonomics.export.deidentify.pseudonyms import Pseudonyms

PIXELS = 0x7FE0
TEXT = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
NUMBER = ("US", "SS", "UL", "SL", "FL", "FD", "AT", "UV", "SV")
IDENTIFYING = (
    "PatientID", "OtherPatientIDs", "AccessionNumber", "StudyID", "InstitutionName", "InstitutionAddress",
    "InstitutionalDepartmentName",
)  # fmt: skip
DUMMIES = {"DA": "19000101", "DT": "19000101", "TM": "000000", "UI": "2.25.0", "IS": "0", "DS": "0", "AS": "000Y"}
DUMMY_TEXT = "REMOVED"
PRIVATE, UNKNOWN, MALFORMED, CLEANED = "private", "unknown", "malformed", "cleaned"


class DamagedError(Exception):
    """An element whose value breaks the rules of its type."""


@dataclass
class Tally:
    """What was done to the elements of a header, nested ones included."""

    counts: Counter[str] = field(default_factory=Counter)
    removed: set[str] = field(default_factory=set)
    cleaned: set[str] = field(default_factory=set)

    def remove(self, kind: str, name: str) -> None:
        """Count an element that goes."""
        self.counts[kind] += 1
        self.removed.add(name)

    def clean(self, kind: str, name: str) -> None:
        """Count an element whose value is another one now."""
        self.counts[kind] += 1
        self.cleaned.add(name)


class Header:
    """Rewrites headers of one patient.

    Parameters
    ----------
    profile : Profile
    pseudonyms : Pseudonyms
    days : int
        By how much dates move.
    names : frozenset of str
        Words that no maker's name may share, see `identifying_words`.
    """

    def __init__(self, profile: Profile, pseudonyms: Pseudonyms, days: int, names: frozenset[str]) -> None:
        self.profile, self.pseudonyms, self.days, self.names = profile, pseudonyms, days, names

    def rewritten(self, dataset: Dataset, tally: Tally) -> Dataset:
        """Make a new dataset of what may stay, at any depth; pixels and palettes stay behind."""
        new = Dataset()
        for element in _elements(dataset, tally):
            name, action = element.keyword, self.profile.action(element.keyword, element.VR)
            if action == Action.REMOVE:
                tally.remove(Action.REMOVE if known(name) else UNKNOWN, name)
                continue
            try:
                value = self._value(element, action, tally)
            except DamagedError:
                tally.remove(MALFORMED, name)
                continue
            new.add_new(element.tag, element.VR, value)
            if action != Action.KEEP:
                tally.clean(action, name)
        return new

    def _value(self, element: DataElement, action: Action, tally: Tally) -> Any:
        name, value = element.keyword, element.value
        if action in (Action.ITEMS, Action.CODES):
            return self._items(element, action, tally)
        if action == Action.EMPTY:
            return [] if element.VR == "SQ" else ""
        if action == Action.DUMMY:
            if element.VR not in TEXT:
                raise DamagedError
            return DUMMIES.get(element.VR, DUMMY_TEXT)
        if element.VR in NUMBER or element.VR == "AT":
            return _numeric(value)
        texts = _texts(value)
        if action == Action.KEEP:
            return self._kept(name, element.VR, texts, tally)
        rewrite = {
            Action.UID: lambda text: self.pseudonyms.uid(text.strip()) if text.strip() else "",
            Action.PSEUDONYM: lambda text: "D" + self.pseudonyms.case(f"device\x1f{text.strip()}")[1:],
            Action.MAKER: lambda text: values.maker_name(text, self.names),
            Action.PERSON: _sex if name == "PatientSex" else values.blurred_age,
            Action.SHIFT: {
                "DA": lambda text: values.shifted_date(text, self.days),
                "DT": lambda text: values.shifted_date_time(text, self.days),
            }.get(element.VR, values.time_of_day),
        }[action]
        return [_insist(rewrite(text)) if text.strip() else "" for text in texts]

    def _kept(self, name: str, vr: str, texts: list[str], tally: Tally) -> list[str]:
        allowed = safe_values()[name]
        if allowed == NUMBERS:
            return [_insist(values.number_text(text)) if text.strip() else "" for text in texts]
        kept = [text.strip() if values.matches(allowed, text.strip()) else "" for text in texts]
        if texts and not any(kept):
            raise DamagedError
        if any(text.strip() and not stays for text, stays in zip(texts, kept, strict=True)):
            tally.clean(CLEANED, name)
        return kept

    def _items(self, element: DataElement, action: Action, tally: Tally) -> list[Dataset]:
        if element.VR != "SQ":
            raise DamagedError
        items = list(element.value or [])
        if action == Action.ITEMS:
            return [self.rewritten(item, tally) for item in items]
        kept = [code for item in items if (code := _standard_code(item)) is not None]
        if items and not kept:
            raise DamagedError
        return kept


def identifying_words(dataset: Dataset) -> frozenset[str]:
    """Collect the words of an object's names of persons and places, and of its numbers."""
    found: set[str] = set()
    for element in _elements(dataset, Tally()):
        if element.VR == "PN" or element.keyword in IDENTIFYING:
            found |= values.words(str(element.value))
    return frozenset(found)


def _elements(dataset: Dataset, tally: Tally) -> Iterator[DataElement]:
    """Go through the public, readable elements of the types that the standard gives them."""
    for tag in sorted(dataset.keys()):
        if tag.group == PIXELS or tag.element == 0:
            continue
        if tag.is_private or not dictionary_has_tag(tag):
            tally.remove(PRIVATE if tag.is_private else UNKNOWN, _group_name(tag))
            continue
        try:
            element = dataset[tag]
        except Exception:
            # pydicom raises whatever its parsers raise; a value that nobody can read does not leave.
            tally.remove(MALFORMED, _group_name(tag))
            continue
        if element.VR not in dictionary_VR(tag).split(" or "):
            tally.remove(MALFORMED, element.keyword)
        elif 0x6000 <= tag.group <= 0x60FF or 0x5000 <= tag.group <= 0x50FF:
            tally.remove(Action.REMOVE, _group_name(tag))
        else:
            yield element


def _group_name(tag: BaseTag) -> str:
    """Name an element without its number, of which a private one might make a message."""
    return f"group {tag.group:04X}"


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    parts: Iterable[Any] = value if isinstance(value, list | tuple | MultiValue) else [value]
    texts = [getattr(part, "original_string", None) or str(part) for part in parts]
    return texts if any(text.strip() for text in texts) else []


def _numeric(value: Any) -> Any:
    parts = value if isinstance(value, list | tuple | MultiValue) else [value]
    if any(not isinstance(part, int | float) for part in parts if part is not None):
        raise DamagedError
    return value


def _standard_code(item: Dataset) -> Dataset | None:
    """Copy a code that pydicom's dictionary of PS3.16 knows, with the meaning that stands there."""
    scheme, value = str(item.get("CodingSchemeDesignator", "")), str(item.get("CodeValue", ""))
    meaning = _meanings(scheme).get(value)
    if meaning is None:
        return None
    new = Dataset()
    new.CodeValue, new.CodingSchemeDesignator, new.CodeMeaning = value, scheme, meaning[:64]
    return new


@cache
def _meanings(scheme: str) -> dict[str, str]:
    if scheme not in codes.schemes():
        return {}
    return {code.value: code.meaning for code in getattr(codes, scheme).concepts.values()}


def _sex(text: str) -> str | None:
    return text.strip() if text.strip() in ("M", "F", "O") else None


def _insist(value: str | None) -> str:
    if value is None:
        raise DamagedError
    return value
