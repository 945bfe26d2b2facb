"""Values of DICOM elements that may stay: well-formed (PS3.5 section 6.2), moved in time, or blurred."""

import re
from datetime import date, timedelta

_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d((?:[0-5]\d|60)(\.\d{1,6})?)?)?")
_DATE_TIME = re.compile(r"(\d{8})((?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?([+-]\d{4})?")
_AGE = re.compile(r"(\d{3})([DWMY])")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?")
_MAKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,/+()_-]{0,63}")
EARLIEST = date(1900, 1, 1)  # a convention: earlier dates are slips of the pen
OLDEST_YEARS = 90  # HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C)
# Units of an AS value in a year.
YEARS = {"D": 365.25, "W": 365.25 / 7, "M": 12.0, "Y": 1.0}
LONGEST_NUMBER = 16  # characters of a DS value (PS3.5 6.2)


def shifted_date(text: str, days: int) -> str | None:
    """Move a DA value; None when it is no date since 1900."""
    text = text.strip()
    if not _DATE.fullmatch(text):
        return None
    try:
        moved = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return f"{moved + timedelta(days):%Y%m%d}" if moved >= EARLIEST else None


def shifted_date_time(text: str, days: int) -> str | None:
    """Move the date of a DT value, and drop its time zone; None when it is malformed or has no day."""
    if not (found := _DATE_TIME.fullmatch(text.strip())):
        return None
    moved = shifted_date(found[1], days)
    return None if moved is None else moved + (found[2] or "")


def time_of_day(text: str) -> str | None:
    """Return a TM value as it is; None when it is malformed."""
    return text.strip() if _TIME.fullmatch(text.strip()) else None


def blurred_age(text: str) -> str | None:
    """Return an AS value, 090Y from 90 years on; None when it is malformed."""
    if not (found := _AGE.fullmatch(text.strip())):
        return None
    return f"{OLDEST_YEARS:03d}Y" if int(found[1]) / YEARS[found[2]] >= OLDEST_YEARS else text.strip()


def number_text(text: str) -> str | None:
    """Return a DS or IS value as it is; None when it is no number, or longer than 16 characters."""
    text = text.strip()
    return text if len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) else None


def maker_name(text: str, names: frozenset[str]) -> str | None:
    """Return the name of a manufacturer or model.

    Parameters
    ----------
    text : str
    names : frozenset of str
        Words that identify the patient or the place, in lower case.

    Returns
    -------
    str or None
        None when it has odd characters, or shares a word with `names`.
    """
    text = text.strip()
    return text if _MAKER.fullmatch(text) and not words(text) & names else None


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text is, in full, one that a regular expression allows."""
    return re.fullmatch(pattern, text) is not None


def words(text: str) -> frozenset[str]:
    """Split a text into its words of four letters or digits and more, in lower case."""
    return frozenset(word.lower() for word in re.findall(r"[^\W_]{4,}", text))
