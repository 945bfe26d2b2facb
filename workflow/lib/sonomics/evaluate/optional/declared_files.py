"""Tables from elsewhere whose content params.yaml declares by its checksum."""

from hashlib import sha256
from pathlib import Path

import pandas as pd

from sonomics.core.errors import StudyError, name_error
from sonomics.core.outcomes import refuse_rows
from sonomics.core.words import tidy_cell

NUMBERS = ["value", "horizon"]
MISSING = ("", "NA", "NaN", "nan")


def read_declared(path: Path, digest: str, where: str) -> pd.DataFrame:
    """Read a table and check that it is the one that the parameters declare; text stays text, `value` is a number.

    Parameters
    ----------
    path : Path
        CSV in UTF-8, or Parquet.
    digest : str
        SHA-256 of the file.
    where : str
        Names the table in messages.

    Raises
    ------
    StudyError
        When the file is missing, has another content, is empty, or has a value that is not a number.
    """
    if not path.exists():
        raise StudyError(where, "the file is missing", "put it there, or take the model out of params.yaml")
    checksum = sha256(path.read_bytes()).hexdigest()
    if checksum != digest:
        rule = f"the file has another content than params.yaml states (SHA-256 {checksum})"
        raise StudyError(where, rule, "write this sum into params.yaml if the new content is meant")
    return _read_parquet(path, where) if path.suffix == ".parquet" else _read_csv(path, where)


def _read_csv(path: Path, where: str) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        raise StudyError(where, "the file is empty", "give at least the columns case and value") from None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        rule = f"not a valid CSV in UTF-8 ({name_error(error)})"
        raise StudyError(where, rule, "save it as such, or as Parquet") from None
    frame = frame.map(tidy_cell)
    for name in frame.columns.intersection(NUMBERS):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        is_invalid = numbers.isna() & ~frame[name].isin(MISSING)
        refuse_rows(is_invalid, name, where, "is not a number", "correct it, or leave it empty")
        frame[name] = numbers.astype(float)
    return frame


def _read_parquet(path: Path, where: str) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        rule = f"not a valid Parquet file ({name_error(error)})"
        raise StudyError(where, rule, "write it again, or give CSV") from None
    for name in frame.columns.intersection(NUMBERS):
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise StudyError(where, f"column {name} is not numeric", "write numbers, and NaN where there is none")
    return frame
