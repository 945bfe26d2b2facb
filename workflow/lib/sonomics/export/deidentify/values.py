"""Accept, shift or blur values of DICOM elements; malformed ones (PS3.5 section 6.2) become None."""

import re
from datetime import date, timedelta

# Digits are those of ASCII: a number of other digits is not one of DICOM, and a header could not be written with it.
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d((?:[0-5]\d|60)(\.\d{1,6})?)?)?", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{8})((?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?([+-]\d{4})?", re.ASCII
)
_AGE = re.compile(r"(\d{3})([DWMY])", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", re.ASCII)
_MAKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,/+()_-]{0,63}")
EARLIEST = date(1900, 1, 1)  # a convention: earlier dates are slips of the pen
OLDEST_YEARS = 90  # HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C)
# Units of an AS value in a year.
YEARS = {"D": 365.25, "W": 365.25 / 7, "M": 12.0, "Y": 1.0}
LONGEST_NUMBER = 16  # characters of a DS value (PS3.5 6.2)


def shift_date(text: str, days: int) -> str | None:
    """Shift a DA value by some days; None when it is not a date since 1900."""
    text = text.strip()
    if not _DATE.fullmatch(text):
        return None
    try:
        original = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return f"{original + timedelta(days):%Y%m%d}" if original >= EARLIEST else None


def shift_date_time(text: str, days: int) -> str | None:
    """Shift the date of a DT value and drop its time zone; None when it is malformed or has no day."""
    if not (match := _DATE_TIME.fullmatch(text.strip())):
        return None
    shifted = shift_date(match[1], days)
    return None if shifted is None else shifted + (match[2] or "")


def accept_time(text: str) -> str | None:
    """Return a TM value as it is; None when it is malformed."""
    return text.strip() if _TIME.fullmatch(text.strip()) else None


def blur_age(text: str) -> str | None:
    """Return an AS value, 090Y from 90 years on; None when it is malformed."""
    if not (match := _AGE.fullmatch(text.strip())):
        return None
    return f"{OLDEST_YEARS:03d}Y" if int(match[1]) / YEARS[match[2]] >= OLDEST_YEARS else text.strip()


def accept_number(text: str) -> str | None:
    """Return a DS or IS value as it is; None when it is not a number, or longer than 16 characters."""
    text = text.strip()
    return text if len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) else None


def accept_maker_name(text: str, names: frozenset[str]) -> str | None:
    """Return the name of a manufacturer or model as it is.

    Parameters
    ----------
    text : str
    names : frozenset of str
        Words that identify the patient or the place, in lower case.

    Returns
    -------
    str or None
        None when it has unusual characters, or shares a word with `names`.
    """
    text = text.strip()
    return text if _MAKER.fullmatch(text) and not split_words(text) & names else None


def matches(pattern: str, text: str) -> bool:
    """Tell whether a regular expression matches a whole text."""
    return re.fullmatch(pattern, text) is not None


def split_words(text: str) -> frozenset[str]:
    """Split a text into its words of four letters or digits and more, in lower case."""
    return frozenset(word.lower() for word in re.findall(r"[^\W_]{4,}", text))
