"""When two values of tables and parameters are the same: compared as what they mean, not as how they are written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pandas as pd

# A number as tables write it. A code such as 1E2 is a word: a spreadsheet would have written the number in full.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_MADE_FLOAT = re.compile(r"(-?[0-9]+)\.0+", re.ASCII)
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
# Characters without width that programs leave at the edge of a cell or inside a word; not the joiners (U+200C, U+200D),
# which are part of words of several scripts and of emoji.
_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_YES, _NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})


def tidy_cell(cell: str) -> str:
    """Rewrite a cell so that what looks the same is the same.

    Parameters
    ----------
    cell : str

    Returns
    -------
    str
        Composed (Unicode NFC), with plain spaces instead of non-breaking and other wide ones, without characters that
        have no width, and without white space around it. Line breaks inside stay.
    """
    if cell.isascii():
        return cell.strip()
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in cell.translate(_NO_WIDTH))
    return unicodedata.normalize("NFC", spaced).strip()


def parse_number(text: str) -> float:
    """Parse a number in digits 0 to 9 with a decimal point, and an exponent where there is one.

    Raises
    ------
    ValueError
        For anything else that `float` would take: digits of other scripts, underscores, "nan" and "inf".
    """
    if not _PLAIN_NUMBER.fullmatch(text.strip()):
        raise ValueError("not a number")
    return float(text)


def canonical(value: object) -> str:
    """Write a value in the one form in which it is compared.

    Parameters
    ----------
    value : object
        A cell of a table, or a value of params.yaml: text, number, or truth value.

    Returns
    -------
    str
        Of a number, however it is written, its shortest form: 1, 1.0, "1.0", "01" and "+1" are all "1". Of anything
        else its tidied text; case counts.
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        value = repr(float(value)) if isinstance(value, float) else str(value)
    text = tidy_cell(str(value))
    if _NUMBER.fullmatch(text) is None:
        return text
    return f"{(Decimal(text) + 0).normalize():f}"


def canonical_column(values: "pd.Series[str]") -> "pd.Series[str]":
    """Write every known value of a column in its canonical form; a missing one stays missing."""
    return values.map(canonical, na_action="ignore")


def translate(values: Mapping[str, Iterable[object]] | Mapping[str | int, Iterable[object]]) -> dict[str, str]:
    """Turn names and the values that each stands for into a dictionary from canonical value to name.

    Raises
    ------
    ValueError
        Naming the value that stands under two names.
    """
    names: dict[str, str] = {}
    for name, listed in values.items():
        for value in listed:
            if names.setdefault(canonical(value), str(name)) != str(name):
                raise ValueError(canonical(value))
    return names


def read_yes_no(values: "pd.Series[str]") -> "pd.Series[float]":
    """Read a column of answers.

    Parameters
    ----------
    values : Series
        1, true or yes; 0, false or no; in any case, and numbers in any form. "" and missing values are unknown.

    Returns
    -------
    Series of float
        1 for yes, 0 for no, NaN where unknown, and infinity for what is not an answer.
    """
    meanings = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0) | {"": float("nan")}
    return values.map(
        lambda value: float("nan") if pd.isna(value) else meanings.get(canonical(value).lower(), float("inf"))
    ).astype(float)


def undo_float(values: "pd.Series[str]") -> "pd.Series[str]":
    """Take ".0" off a column of whole numbers that a program wrote as fractions, because a cell was empty.

    Only where every number of the column ends so: an identity such as 12.0 among others is left as it is.
    """
    known = values[values != ""]
    if len(known) == 0 or not known.str.fullmatch(_MADE_FLOAT.pattern).all():
        return values
    return values.str.replace(_MADE_FLOAT, r"\1", regex=True)
