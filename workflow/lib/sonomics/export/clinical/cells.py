"""Turn one cell of a clinical table into a value, or the reason why it has none. Free text is never passed on."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import NamedTuple, cast

from sonomics.core.errors import StudyError
from sonomics.core.settings.clinical import ClinicalColumn
from sonomics.core.words import canonical, translate
from sonomics.export.clinical.units import conversion_factor

EMPTY, ABSENT, DISAGREE, NO_DATED_ROW = "empty", "not_in_table", "rows_disagree", "no_dated_row"
NOT_CALCULATED = "formula_not_calculated"
NOT_A_NUMBER, BEYOND_LIMIT, OUT_OF_RANGE = "not_a_number", "beyond_limit", "out_of_range"
NOT_LISTED, NO_MATCH, SEVERAL = "not_listed", "no_match", "several_values"
NO_UNIT, UNKNOWN_UNIT = "no_unit", "unknown_unit"
IMPOSSIBLE_DATE, NO_EXAM_DATE, BEFORE_START = "impossible_date", "no_exam_date", "before_start"
MONTH = 365.25 / 12  # days

_NUMBER = re.compile(r"(?P<limit>[<>≤≥]=?)?\s*(?P<digits>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)", re.ASCII)


class Reading(NamedTuple):
    """The value of a cell.

    Attributes
    ----------
    value : float, str or None
        None when it is unknown.
    reason : str
        "" for a known value, else why it is unknown.
    found : float
        The number outside the plausible range; NaN for any other reason: nothing else of a cell is repeated.
    """

    value: float | str | None
    reason: str = ""
    found: float = float("nan")


def unknown(reason: str, found: float = float("nan")) -> Reading:
    """Make the reading of a cell without a usable value."""
    return Reading(None, reason, found)


def read_cell(raw: str, rule: ClinicalColumn, unit: str, decimal: str) -> Reading:
    """Read a number or a word.

    Parameters
    ----------
    raw : str
        The cell.
    rule : ClinicalColumn
        `export.clinical.columns.<name>`, with `values` or with `to`; `pattern` first picks the value out of the text.
    unit : str
        The unit of the cell, from params or from another column.
    decimal : str
        "." or ",".
    """
    if not raw.strip():
        return unknown(EMPTY)
    if rule.pattern is None:
        return _read_word(raw, rule) if rule.values is not None else _read_number(raw, rule, unit, decimal)
    readings = []
    for match in re.finditer(rule.pattern, raw):
        named = match.groupdict()
        text = named["value"] or ""
        unit_here = named.get("unit") or unit
        readings.append(
            _read_word(text, rule) if rule.values is not None else _read_number(text, rule, unit_here, decimal)
        )
    return _choose_reading(readings, rule.several)


def check_rule(rule: ClinicalColumn, where: str) -> None:
    """Stop a study whose pattern has no group `value`, or whose words are not text or share a spelling.

    Raises
    ------
    StudyError
    """
    if any(isinstance(name, bool) for name in rule.values or ()):
        raise StudyError(where, "a bare yes or no is a truth value to YAML", 'put it in quotes: "yes"')
    spelled = {name: [canonical(word).casefold() for word in words] for name, words in read_vocabulary(rule).items()}
    try:
        translate(spelled)
    except ValueError as error:
        fix = "list it under one word (1, 1.0 and 01 are the same number, and case does not count)"
        raise StudyError(where, f"{str(error)!r} is a spelling of two words", fix) from None
    try:
        groups = re.compile(rule.pattern or "(?P<value>)").groupindex
    except re.error as error:
        raise StudyError(where, f"the pattern is not a valid regular expression ({error})", "correct it") from None
    if "value" not in groups:
        raise StudyError(where, "the pattern has no group named value", "write (?P<value>...) around what to take")


def read_vocabulary(rule: ClinicalColumn) -> dict[str, list[str]]:
    """Read the words that a column may hold, and the spellings of each; those of a plain list are spelled as listed."""
    words = rule.values or []
    if isinstance(words, Mapping):
        return {str(name): [str(spelling) for spelling in spellings] for name, spellings in words.items()}
    return {str(word): [str(word)] for word in words}


def read_date(raw: str, date_format: str) -> date | None:
    """Read a date in the given format, else ISO; None for one that does not exist, such as 31 February."""
    text = raw.strip() if raw.isascii() else ""  # strptime would take digits of other scripts
    for parse in (lambda digits: datetime.strptime(digits, date_format), datetime.fromisoformat):
        try:
            return parse(text).date()
        except ValueError:
            continue
    return None


def measure_elapsed(start: date, end: date, unit: str) -> float:
    """Return the time from one date to another: whole days, months (two decimals), or completed years.

    Negative when the end comes first.
    """
    days = (end - start).days
    if unit == "day":
        return float(days)
    if unit == "month":
        return round(days / MONTH, 2)
    years = end.year - start.year
    return float(years - ((end.month, end.day) < (start.month, start.day)))


def accept_within_range(value: float, rule: ClinicalColumn) -> Reading:
    """Accept a number within the plausible range, and cut it at the cap above which all are equal."""
    low, high = rule.range or (float("-inf"), float("inf"))
    if not low <= value <= high:
        return unknown(OUT_OF_RANGE, value)
    return Reading(value if rule.cap is None else min(value, rule.cap))


def _read_word(raw: str, rule: ClinicalColumn) -> Reading:
    text = canonical(raw).casefold()
    for name, words in read_vocabulary(rule).items():
        if text in (canonical(word).casefold() for word in words):
            return Reading(name)
    return unknown(NOT_LISTED)


def _read_number(raw: str, rule: ClinicalColumn, unit: str, decimal: str) -> Reading:
    match = _NUMBER.fullmatch(raw.strip().replace(decimal, "."))
    if match is None or (decimal != "." and "." in raw) or not isfinite(float(match["digits"])):
        return unknown(NOT_A_NUMBER)
    if match["limit"] and rule.limits == "unknown":
        return unknown(BEYOND_LIMIT)
    if not unit:
        return unknown(NO_UNIT)
    factor = rule.factor or conversion_factor(unit, cast(str, rule.to), rule.analyte or "")
    if factor is None:
        return unknown(UNKNOWN_UNIT)
    return accept_within_range(float(f"{float(match['digits']) * factor:.6g}"), rule)


def _choose_reading(readings: list[Reading], choice: str) -> Reading:
    known = [reading for reading in readings if reading.reason == ""]
    if not readings:
        return unknown(NO_MATCH)
    if not known:
        return readings[0]
    if choice == "first" or len({reading.value for reading in known}) == 1:
        return known[0]
    if choice == "largest":
        return max(known, key=lambda reading: float(reading.value or 0))
    return unknown(SEVERAL)
