"""The rules of the cohort: a study whose cohort breaks one stops before any work. No message repeats a cell."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import check_outcomes, refuse_rows
from sonomics.core.schemas import IDENTITY, SPLIT_PATTERN, TRAIN
from sonomics.core.settings.study import Study
from sonomics.core.tables import missing_column
from sonomics.core.tasks import label_columns, numeric_columns, outcome_of, task_outcomes

_PSEUDONYM = re.compile(r"[A-Za-z0-9_]+")


def check_cohort(table: pd.DataFrame, study: Study, where: str) -> None:
    """Stop a study whose cohort breaks a rule.

    Raises
    ------
    StudyError
        Empty table, missing column, missing or malformed pseudonym, duplicate case, unknown split, a case without
        centre, a patient in two splits, a follow-up that cannot be one (`check_outcomes`), a value that is not a finite
        number where it must be one (columns that the rule of a task compares with numbers, clinical columns with
        numbers in all training cases), a label that is not one of its task's, or a task whose rule is not understood or
        reads what cannot be a label.
    """
    for name, task in study.tasks.items():
        outcome_of(task).check_task(name, task)
    require_columns([*IDENTITY, *list_label_columns(study), *study.clinical], table, where)
    if table.empty:
        raise StudyError(where, "the cohort has no case", "list at least one case, or draft it with `sonomics query`")
    for name in ("patient", "case"):
        for row, value in enumerate(table[name], start=2):
            if not isinstance(value, str) or not _PSEUDONYM.fullmatch(value):
                rule = f"{name} is not a pseudonym of letters, digits and _"  # not quoted: it may be a name
                raise StudyError(f"{where}, line {row}", rule, "rename it")
    refuse_rows(table["case"].duplicated(), "case", where, "repeats a case listed above", "keep one row per case")
    known = table["split"].astype(str).str.fullmatch(SPLIT_PATTERN)
    refuse_rows(~known, "split", where, "is unknown", "use train, internal, external_1 ..., or prospective")
    fix = "fill in `centre`, even if there is only one"
    refuse_rows(table["centre"].isna(), "centre", where, "is empty", fix)
    first = table.groupby("patient")["split"].transform("first")
    fix = "put all cases of a patient in one split"
    refuse_rows(table["split"] != first, "split", where, "differs from that of the patient's first case", fix)
    check_outcomes(table, where)
    _check_numbers(table, study, where)
    for name, task in study.tasks.items():
        outcome_of(task).check_cells(table, name, task, where)


def check_labels(cohort: pd.DataFrame, study: Study, where: str) -> None:
    """Stop a study that cannot learn. Exams may be exported, cleaned, cropped and measured before labels are known.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    study : Study
        With `tasks`.
    where : str

    Raises
    ------
    StudyError
        A training set that cannot teach a task: without both labels, without a class or with one that a single patient
        has, without an event, or not followed up to a horizon.
    """
    training = cohort[cohort["split"] == TRAIN]
    for name, task in study.tasks.items():
        outcomes = task_outcomes(training, task)
        is_known = outcomes.notna().all(axis=1).to_numpy()
        outcome_of(task).check_training(outcomes[is_known], training["patient"][is_known], name, task, where)


def check_folds(cohort: pd.DataFrame, count: int, where: str) -> None:
    """Stop a study whose training patients cannot be divided into its folds. Patients without a fold get one later.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    count : int
        `select.folds`.
    where : str

    Raises
    ------
    StudyError
        Fewer training patients than folds, a `fold` that is none of 0 .. count - 1, a fold without a patient where all
        patients have one, or a patient in two folds.
    """
    training = cohort[cohort["split"] == TRAIN]
    if (patients := training["patient"].nunique()) < count:
        rule = f"{patients} training patients cannot fill {count} folds"
        raise StudyError(where, rule, "lower select.folds in params.yaml")
    if "fold" not in training:
        return
    known = training.dropna(subset=["fold"])
    numbers = pd.to_numeric(known["fold"], errors="coerce")
    if wrong := int((~numbers.isin(range(count))).sum()):
        rule = f"training cases with a fold that is not one of 0 to {count - 1}, which select.folds makes: {wrong}"
        raise StudyError(f"{where}, column fold", rule, "number the folds from 0, or leave the cell empty")
    if len(known) == len(training) and (empty := sorted(set(range(count)) - set(numbers))):
        rule = f"select.folds makes {count} folds, and fold {empty[0]} has no patient"
        raise StudyError(where, rule, "lower select.folds in params.yaml, or change the fold column")
    if several := int((known.groupby("patient")["fold"].nunique() > 1).sum()):
        rule = f"{several} {'patient is' if several == 1 else 'patients are'} in more than one fold"
        raise StudyError(f"{where}, column fold", rule, "give all cases of a patient one fold")


def require_columns(columns: Iterable[str], table: pd.DataFrame, where: str) -> None:
    """Stop a study whose cohort lacks a column.

    Raises
    ------
    StudyError
    """
    for name in columns:
        if name not in table:
            raise missing_column(where, name, table)


def list_label_columns(study: Study) -> list[str]:
    """List the columns that the labels of all tasks come from, each once."""
    return list(dict.fromkeys(column for task in study.tasks.values() for column in label_columns(task)))


def _check_numbers(table: pd.DataFrame, study: Study, where: str) -> None:
    training = table["split"] == TRAIN
    numeric = [column for task in study.tasks.values() for column in numeric_columns(task)]
    for name in dict.fromkeys([*numeric, *study.clinical]):
        not_a_number = table[name].notna() & ~np.isfinite(pd.to_numeric(table[name], errors="coerce").astype(float))
        is_text = not_a_number[training].any() or table.loc[training, name].isna().all()
        if name in numeric or not is_text:
            fix = "write a number, or leave the cell empty if it is unknown"
            refuse_rows(not_a_number, name, where, "is not a finite number, and the column holds numbers", fix)
