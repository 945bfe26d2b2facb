"""Follow-up as it stands in the cohort: `time` in months, `event` 1 or 0. What cannot be one stops the study."""

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import EVENT, TIME

# Fifty years. No digital ultrasound exam is that old (the first standard, ACR-NEMA 300, is of 1985), so that a longer
# follow-up was not counted in months; in days it would be 20 months.
LONGEST_MONTHS = 600.0
SHOWN_ROWS = 8


def check_outcomes(table: pd.DataFrame, where: str) -> None:
    """Stop a study whose follow-up cannot be what it says.

    Parameters
    ----------
    table : DataFrame
        The cohort, one row per case, in the order of the file; `time` and `event` may be absent, and NaN is unknown. A
        time of 0 is valid.
    where : str
        Names the file.

    Raises
    ------
    StudyError
        A time or an event that is not a finite number, an event other than 0 and 1, a time below 0, or one beyond fifty
        years. The message names the column, counts the rows and lists the first of them, and repeats no cell.
    """
    check_follow_up(table, where, TIME, EVENT)


def check_follow_up(table: pd.DataFrame, where: str, time_column: str, event_column: str) -> None:
    """Stop a study whose follow-up cannot be what it says, as `check_outcomes`, of any two columns."""
    if event_column in table:
        event = read_numbers(table[event_column], where)
        rule, fix = "is neither 0 nor 1", "write 1 where the event was seen, 0 where it was not, and nothing if unknown"
        if {0.0, 1.0, 2.0} <= set(event.dropna()):
            fix += "; competing events (2) are not analysed: write 0 where one ended the follow-up, and say so"
        if set(event.dropna()) == {1.0, 2.0}:
            rule = "is coded 1 and 2, of which some programs mean 1 by the event and some 2: it is 2"
            fix = "write 1 where the event was seen and 0 where it was not"
        refuse_rows(event.notna() & ~event.isin((0.0, 1.0)), event_column, where, rule, fix)
    if time_column in table:
        time = read_numbers(table[time_column], where)
        fix = "correct the dates that it was counted from, or leave the cell empty if it is unknown"
        refuse_rows(time < 0, time_column, where, "lies before the start of follow-up (below 0)", fix)
        rule = f"is over {LONGEST_MONTHS:g} months (fifty years), as days would be"
        refuse_rows(
            time > LONGEST_MONTHS, time_column, where, rule, "give months (days divided by 30.4375), or correct it"
        )


def read_numbers(column: pd.Series, where: str) -> "pd.Series[float]":
    """Read a column that holds finite numbers, NaN where a cell is missing.

    Raises
    ------
    StudyError
        Naming the rows that hold anything else.
    """
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    fix = "write a number, or leave the cell empty if it is unknown"
    refuse_rows(column.notna() & ~np.isfinite(numbers), str(column.name), where, "is not a finite number", fix)
    return numbers


def refuse_rows(wrong: pd.Series, name: str, where: str, rule: str, fix: str) -> None:
    """Stop a study where rows of a table are marked as wrong, naming column and rows, never a cell.

    Raises
    ------
    StudyError
        When a row is marked.
    """
    if wrong.any():
        raise StudyError(f"{where}, column {name}", f"{name} {rule} in {list_rows(wrong)}", fix)


def list_rows(marked: pd.Series) -> str:
    """Count and list the rows that are marked: "3 rows (2, 5 and 9 below the header)"."""
    rows = [str(number + 1) for number in np.flatnonzero(marked.to_numpy())]
    listed = ", ".join(rows[:SHOWN_ROWS]) + (", ..." if len(rows) > SHOWN_ROWS else "")
    return f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} ({listed} below the header)"
