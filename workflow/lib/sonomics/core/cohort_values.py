"""Columns that only a late phase reads, checked before any work: answers, times in months, and classes."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_columns
from sonomics.core.errors import StudyError
from sonomics.core.outcomes import read_numbers, refuse_rows
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tasks import SURVIVAL
from sonomics.core.words import canonical, read_yes_no

# A time of evaluate.serial may count from the birth: nobody lived 125 years.
LONGEST_LIFE_MONTHS = 1500.0

Check = Callable[["pd.Series[str]", str], None]


def check_values(path: Path, parameters: Parameters, phases: Collection[str]) -> None:
    """Stop a study whose cohort holds values that a phase could not use, or would take for others.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`, with the columns that the parameters name.
    parameters : Parameters
        With the sections of the phases.
    phases : collection of str
        Phases that will run.

    Raises
    ------
    StudyError
        An answer that is neither yes nor no, a time that is not a number or cannot be months, a follow-up that cannot
        be one, a class that is not listed, or a borderline value that no case has. The message names column and rows,
        and repeats no cell.
    """
    of_phase = {"clean": _list_checks_of_clean, "evaluate": _list_checks_of_evaluate}
    checks = [check for phase, listed in of_phase.items() if phase in phases for check in listed(parameters)]
    outcomes = parameters.evaluate.outcomes if "evaluate" in phases else {}
    if not checks and not outcomes:
        return
    of_outcomes = [column for outcome in outcomes.values() for column in SURVIVAL.sources(outcome)]
    table = read_columns(path, [*(column for column, _, _ in checks), *of_outcomes])
    for column, training_only, check in checks:
        check(table[column].where((table["split"] == TRAIN) | (not training_only)), str(path))
    for name, outcome in outcomes.items():
        SURVIVAL.check_cells(table, name, outcome, str(path))


def _list_checks_of_clean(parameters: Parameters) -> Iterator[tuple[str, bool, Check]]:
    for head in parameters.clean.qc.heads.values():
        if head.needs_case is not None:
            yield head.needs_case, head.training_only, _check_answers


def _list_checks_of_evaluate(parameters: Parameters) -> Iterator[tuple[str, bool, Check]]:
    settings = parameters.evaluate
    for analysis in settings.label_aware.values():
        yield analysis.needs_case, False, _check_answers
    if settings.treatment is not None:
        yield settings.treatment, False, _check_answers
    if settings.serial is not None:
        yield settings.serial.exam_time, False, _check_months
        yield settings.serial.diagnosis_time, False, _check_months
    if settings.borderline is not None:
        yield settings.borderline.column, False, partial(_check_borderline, settings.borderline.value)
    for question in settings.classes.values():
        yield question.column, False, partial(_check_classes, [canonical(name) for name in question.classes])


def _check_answers(column: "pd.Series[str]", where: str) -> None:
    fix = "write 1 or 0, yes or no, or leave the cell empty if it is unknown"
    refuse_rows(read_yes_no(column).isin([np.inf]), str(column.name), where, "is neither yes nor no", fix)


def _check_months(column: "pd.Series[str]", where: str) -> None:
    rule = f"is beyond {LONGEST_LIFE_MONTHS:g} months (125 years), as days would be"
    is_beyond = read_numbers(column, where).abs() > LONGEST_LIFE_MONTHS
    refuse_rows(is_beyond, str(column.name), where, rule, "give months (days divided by 30.4375), or correct it")


def _check_classes(classes: Collection[str], column: "pd.Series[str]", where: str) -> None:
    fix = f"write one of {', '.join(classes)}, or leave the cell empty if it is unknown"
    refuse_rows(
        column.notna() & ~column.map(canonical, na_action="ignore").isin(classes),
        str(column.name), where, "is not one of the classes of evaluate.classes", fix,
    )  # fmt: skip


def _check_borderline(value: object, column: "pd.Series[str]", where: str) -> None:
    if not (column.map(canonical, na_action="ignore") == canonical(value)).any():
        rule = f"no case has the value {value!r} of evaluate.borderline"
        raise StudyError(f"{where}, column {column.name}", rule, "state a value of the column")
