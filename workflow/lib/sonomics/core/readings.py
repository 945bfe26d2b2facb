"""The table of readings, `data/readers.csv`: it always exists, and has no row where nobody has read."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import READERS
from sonomics.core.tables import checked_table, read_table
from sonomics.core.words import canonical_column

ALONE, AIDED = "alone", "aided"
POSITIVE, NEGATIVE = "positive", "negative"
LEAST, MOST = 0.0, 100.0


def read_readings(path: Path, cases: Collection[str], tasks: Collection[str]) -> pd.DataFrame:
    """Read and check `data/readers.csv`.

    Parameters
    ----------
    path : Path
    cases : collection of str
        All cases of the cohort.
    tasks : collection of str
        All tasks of the study.

    Returns
    -------
    DataFrame
        Schema READERS.

    Raises
    ------
    StudyError
        When it is missing, breaks the schema (a second row of a reader, arm, session and case among that), or breaks a
        rule of `check_readings`.
    """
    if not Path(path).exists():
        header = ",".join(READERS.columns)
        fix = f"write one with the header `{header}` only"
        raise StudyError(str(path), "the table of readings is missing", fix)
    readings = read_table(path, READERS)
    readings = readings.assign(**{name: canonical_column(readings[name]) for name in ("category", "session")})
    readings = checked_table(readings, READERS, str(path))  # sessions 1 and 1.0 are one
    check_readings(readings, cases, tasks, str(path))
    return readings


def check_readings(readings: pd.DataFrame, cases: Collection[str], tasks: Collection[str], where: str) -> None:
    """Stop a study whose readings cannot be what was meant. The message names column and rows, and repeats no cell.

    Raises
    ------
    StudyError
        A case that is not in the cohort, a task that the study does not have, a score outside 0 to 100, or a reader of
        two levels. A reading without a score, category or decision is not an error: it counts as not given.
    """
    for known, column, fix in (
        (set(cases), "case", "correct it, or list the case in data/cohort.csv"),
        (set(tasks), "task", f"use one of {', '.join(sorted(tasks))}"),
    ):
        refuse_rows(~readings[column].isin(known), column, where, "is not one of the study's", fix)
    is_outside = readings["score"].notna() & ~readings["score"].between(LEAST, MOST)
    fix = "give 0 (surely negative) to 100 (surely positive), or leave the cell empty"
    refuse_rows(is_outside, "score", where, "is outside 0 to 100", fix)
    first = readings.groupby("reader")["level"].transform("first")
    fix = "keep the level at the start of the study"
    refuse_rows(readings["level"] != first, "level", where, "differs from the reader's level above", fix)


def check_class_readings(readings: pd.DataFrame, task: str, classes: Collection[str], where: str) -> None:
    """Stop a study in which a reader of a task of several classes named another word as the category.

    Raises
    ------
    StudyError
        The message names column and rows, and repeats no cell.
    """
    is_strange = (readings["task"] == task) & (readings["category"] != "") & ~readings["category"].isin(set(classes))
    fix = f"write one of {', '.join(classes)}, or leave the cell empty"
    refuse_rows(is_strange, "category", where, f"is not one of the classes of the task {task}", fix)


def category_scale(categories: pd.Series) -> list[str]:
    """Order the categories in use: by number when all are numbers, else by name (3 < 4a < 4b); empty ones left out."""
    used = sorted(set(categories) - {""})
    numbers = pd.to_numeric(pd.Series(used, dtype=str), errors="coerce")
    return [used[position] for position in np.argsort(numbers, kind="stable")] if numbers.notna().all() else used
