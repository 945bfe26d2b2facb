"""Tables of a folder of reference data."""

from pathlib import Path

import pandas as pd

from sonomics.core.errors import StudyError


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a CSV that has these columns, and perhaps others.

    Raises
    ------
    StudyError
        If the file or a column is missing.
    """
    if not path.exists():
        raise StudyError(str(path), "the file is missing", "name a folder of reference tables")
    table = pd.read_csv(path)
    if missing := [column for column in columns if column not in table]:
        raise StudyError(str(path), f"it has no column {', '.join(missing)}", "add it; see docs/statistics.md")
    return table
