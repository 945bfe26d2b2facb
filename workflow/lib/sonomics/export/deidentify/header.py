"""Rewrite the header of a DICOM object from the elements that may stay."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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
from sonomics.export.deidentify.device_names import is_device_name
from sonomics.export.deidentify.numbers import are_plausible
from sonomics.export.deidentify.profile import NUMBERS, Action, Profile, is_listed, read_safe_values
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
CODED = "coded"  # names of devices that hold a word which is not known of devices
SHORTEST_NAME = 2  # letters: Li and Ng are family names


class DamagedError(Exception):
    """An element whose value is malformed."""


@dataclass
class Tally:
    """What was done to the elements of a header, nested ones included."""

    counts: Counter[str] = field(default_factory=Counter)
    removed: set[str] = field(default_factory=set)
    cleaned: set[str] = field(default_factory=set)

    def remove(self, kind: str, name: str) -> None:
        """Count an element that is removed."""
        self.counts[kind] += 1
        self.removed.add(name)

    def clean(self, kind: str, name: str) -> None:
        """Count an element whose value is replaced."""
        self.counts[kind] += 1
        self.cleaned.add(name)


class HeaderRewriter:
    """Rewrites the headers of one patient.

    Parameters
    ----------
    profile : Profile
    pseudonyms : Pseudonyms
    days : int
        Days by which dates move.
    names : frozenset of str
        Words that the name of a device must not contain, see `collect_identifying_words`.
    """

    def __init__(self, profile: Profile, pseudonyms: Pseudonyms, days: int, names: frozenset[str]) -> None:
        self.profile, self.pseudonyms, self.days, self.names = profile, pseudonyms, days, names

    def rewrite(self, dataset: Dataset, tally: Tally) -> Dataset:
        """Make a new dataset of the elements that may stay, at any depth, without pixels and palettes."""
        new = Dataset()
        for element in _iterate_elements(dataset, tally):
            name, action = element.keyword, self.profile.action(element.keyword, element.VR)
            if action == Action.REMOVE:
                tally.remove(Action.REMOVE if is_listed(name) else UNKNOWN, name)
                continue
            try:
                value = self._rewrite_value(element, action, tally, dataset)
            except DamagedError:
                tally.remove(MALFORMED, name)
                continue
            new.add_new(element.tag, element.VR, value)
            if action != Action.KEEP:
                tally.clean(action, name)
        return new

    def _rewrite_value(self, element: DataElement, action: Action, tally: Tally, around: Dataset) -> Any:
        name, value = element.keyword, element.value
        if action in (Action.ITEMS, Action.CODES):
            return self._rewrite_items(element, action, tally)
        if action == Action.EMPTY:
            return [] if element.VR == "SQ" else ""
        if action == Action.DUMMY:
            if element.VR not in TEXT:
                raise DamagedError
            return DUMMIES.get(element.VR, DUMMY_TEXT)
        if element.VR in NUMBER or element.VR == "AT":
            return _require_numbers(element, around)
        texts = _split_texts(value)
        if action == Action.KEEP:
            return self._keep_safe_values(element, texts, tally, around)
        shifts: dict[str, Callable[[str], str | None]] = {
            "DA": lambda text: values.shift_date(text, self.days),
            "DT": lambda text: values.shift_date_time(text, self.days),
        }
        rewrites: dict[Action, Callable[[str], str | None]] = {
            Action.UID: lambda text: self.pseudonyms.uid(text.strip()) if text.strip() else "",
            Action.PSEUDONYM: lambda text: "D" + self.pseudonyms.case(f"device\x1f{text.strip()}")[1:],
            Action.MAKER: lambda text: self._name_device(text, tally),
            Action.PERSON: _accept_sex if name == "PatientSex" else values.blur_age,
            Action.SHIFT: shifts.get(element.VR, values.accept_time),
        }
        rewrite = rewrites[action]
        return [_require(rewrite(text)) if text.strip() else "" for text in texts]

    def _name_device(self, text: str, tally: Tally) -> str:
        """Keep the name of a device, or code it: what may be a person's name goes, and devices can be told apart."""
        if is_device_name(text, self.profile.device_words, self.names):
            return text.strip()
        tally.counts[CODED] += 1
        return "D" + self.pseudonyms.case(f"device name\x1f{text.strip()}")[1:]

    def _keep_safe_values(self, element: DataElement, texts: list[str], tally: Tally, around: Dataset) -> list[str]:
        name = element.keyword
        allowed = read_safe_values()[name]
        if allowed == NUMBERS:
            numbers = [_require(values.accept_number(text)) if text.strip() else "" for text in texts]
            if not are_plausible(name, element.VR, [float(number or 0) for number in numbers], around):
                raise DamagedError
            return numbers
        kept = [text.strip() if values.matches(allowed, text.strip()) else "" for text in texts]
        if texts and not any(kept):
            raise DamagedError
        if any(text.strip() and not stays for text, stays in zip(texts, kept, strict=True)):
            tally.clean(CLEANED, name)
        return kept

    def _rewrite_items(self, element: DataElement, action: Action, tally: Tally) -> list[Dataset]:
        if element.VR != "SQ":
            raise DamagedError
        items = list(element.value or [])
        if action == Action.ITEMS:
            return [self.rewrite(item, tally) for item in items]
        kept = [code for item in items if (code := _copy_standard_code(item)) is not None]
        if items and not kept:
            raise DamagedError
        return kept


def collect_identifying_words(dataset: Dataset) -> frozenset[str]:
    """Collect the words of an object's person names, institutions and identifiers."""
    collected: set[str] = set()
    for element in _iterate_elements(dataset, Tally()):
        if element.VR == "PN" or element.keyword in IDENTIFYING:
            collected |= values.split_words(str(element.value), SHORTEST_NAME)
    return frozenset(collected)


def _iterate_elements(dataset: Dataset, tally: Tally) -> Iterator[DataElement]:
    """Yield the public, readable elements that have the type the standard gives them; count the others."""
    for tag in sorted(dataset.keys()):
        if tag.group == PIXELS or tag.element == 0:
            continue
        if tag.is_private or not dictionary_has_tag(tag):
            tally.remove(PRIVATE if tag.is_private else UNKNOWN, _name_group(tag))
            continue
        try:
            element = dataset[tag]
        except Exception:
            # pydicom raises whatever its parsers raise; a value that cannot be read is not exported.
            tally.remove(MALFORMED, _name_group(tag))
            continue
        if element.VR not in dictionary_VR(tag).split(" or "):
            tally.remove(MALFORMED, element.keyword)
        elif 0x6000 <= tag.group <= 0x60FF or 0x5000 <= tag.group <= 0x50FF:
            tally.remove(Action.REMOVE, _name_group(tag))
        else:
            yield element


def _name_group(tag: BaseTag) -> str:
    """Name an element by its group alone: a private element number might carry a message."""
    return f"group {tag.group:04X}"


def _split_texts(value: Any) -> list[str]:
    if value is None:
        return []
    parts: Iterable[Any] = value if isinstance(value, list | tuple | MultiValue) else [value]
    texts = [getattr(part, "original_string", None) or str(part) for part in parts]
    return texts if any(text.strip() for text in texts) else []


def _require_numbers(element: DataElement, around: Dataset) -> Any:
    value = element.value
    parts = value if isinstance(value, list | tuple | MultiValue) else [value]
    numbers = [part for part in parts if part is not None]
    if any(not isinstance(part, int | float) for part in numbers):
        raise DamagedError
    if not are_plausible(element.keyword, element.VR, numbers, around):
        raise DamagedError
    return value


def _copy_standard_code(item: Dataset) -> Dataset | None:
    """Copy a code that pydicom's dictionary of PS3.16 knows, with the meaning given there; None for any other."""
    scheme, value = str(item.get("CodingSchemeDesignator", "")), str(item.get("CodeValue", ""))
    meaning = _read_meanings(scheme).get(value)
    if meaning is None:
        return None
    new = Dataset()
    new.CodeValue, new.CodingSchemeDesignator, new.CodeMeaning = value, scheme, meaning[:64]
    return new


@cache
def _read_meanings(scheme: str) -> dict[str, str]:
    if scheme not in codes.schemes():
        return {}
    return {code.value: code.meaning for code in getattr(codes, scheme).concepts.values()}


def _accept_sex(text: str) -> str | None:
    return text.strip() if text.strip() in ("M", "F", "O") else None


def _require(value: str | None) -> str:
    if value is None:
        raise DamagedError
    return value
