"""Schemes of folds that a column of the cohort states: its values, how many folds they make, and what stops a study."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.cohort import check_columns, read_columns
from sonomics.core.cohort_checks import check_folds
from sonomics.core.errors import StudyError
from sonomics.core.folds import mark_fitted, mark_known
from sonomics.core.outcomes import refuse_rows
from sonomics.core.params import overlaid, scheme_of
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.kinds import group
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.select import RANDOM, Scheme
from sonomics.core.settings.study import Study
from sonomics.core.tasks import outcome_of, task_outcomes

CENTRE = "centre"
KEY = "params.yaml, select.folds"


def read_values(path: Path, column: str) -> "pd.Series[str]":
    """Read which value of a column each training patient has.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    column : str
        No label or outcome: settings refuse one.

    Returns
    -------
    Series of str, indexed by patient
        As it is compared: 1, 1.0 and 01 are one value.
    """
    table = read_columns(path, ["patient", column])
    first = table[table["split"] == TRAIN].drop_duplicates("patient")
    return pd.Series(first[column].astype(str).to_numpy(), index=first["patient"].to_numpy(), dtype=str)


def order_values(values: "pd.Series[str]") -> list[str]:
    """Order the distinct values of a column, numbers by size: the place of a value is the number of its fold."""
    distinct = pd.Series(values.unique(), dtype=str)
    numbers = pd.to_numeric(distinct, errors="coerce")
    by_size = numbers if numbers.notna().all() else distinct
    return distinct[by_size.sort_values(kind="stable").index].tolist()


def number_values(values: "pd.Series[str]") -> "pd.Series[str]":
    """Return the fold of each patient where every value is left out in turn, as text."""
    return values.map({value: str(place) for place, value in enumerate(order_values(values))})


def count_folds(path: Path, scheme: Scheme) -> int:
    """Count the folds of a scheme: the number that it states, or the values of its column among training patients."""
    return scheme.number or read_values(path, str(scheme.column)).nunique()


def check_division(path: Path, cohort: pd.DataFrame, params: Mapping[str, Any]) -> None:
    """Stop a study whose training patients cannot be divided by the schemes of its runs, before any work.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    cohort : DataFrame
        From `read_cohort`.
    params : mapping
        What params.yaml states.

    Raises
    ------
    StudyError
        From `check_schemes`, `check_folds`, `check_tied` (by the cohort's `group`), `check_classes` (where the cohort
        alone decides the folds) and `check_harmonised`.
    """
    schemes = Parameters.partial(params).select.schemes()
    check_schemes(path, schemes)
    prescribed = find_prescribed(schemes)
    for name, scheme in schemes.items():
        if scheme.column is None:
            given = cohort if name == prescribed else cohort.drop(columns="fold", errors="ignore")
            check_folds(given, int(scheme.number or 0), str(path))
        elif scheme.leaves_out_values:
            values = read_values(path, scheme.column)
            check_tied(_read_groups(cohort), values, name, scheme)
            check_classes(cohort, number_values(values), Parameters.partial(params).study, name)
    for variant in params["study"]["variants"]:
        steps = Parameters.partial(overlaid(params, variant)).select.all_steps()
        name = scheme_of(params, variant)
        if any(group("steps").get(step.step).find_batch(step) == CENTRE for step in steps):
            check_harmonised(path, schemes[name], f"params.yaml, study.variants.{variant}, step combat, folds {name}")


def find_prescribed(schemes: Mapping[str, Scheme]) -> str | None:
    """Name the scheme whose folds the column `fold` of the cohort prescribes: the first without a column."""
    return next((name for name, scheme in schemes.items() if scheme.column is None), None)


def check_schemes(path: Path, schemes: Mapping[str, Scheme]) -> None:
    """Stop a study whose cohort cannot be divided by the columns of its schemes.

    Groups of near-duplicates across two values are found by the last job of `clean`, which knows them.

    Raises
    ------
    StudyError
        A column that is not there, a training case without a value, a patient with two values, or fewer values than
        folds.
    """
    for name, scheme in schemes.items():
        if scheme.column is None:
            continue
        check_columns(path, {f"select.folds.{name}.column": scheme.column})
        table = read_columns(path, ["patient", scheme.column])
        training = table["split"] == TRAIN
        fix = f"fill it in for every training case, or take {name} out of select.folds"
        refuse_rows(training & table[scheme.column].isna(), scheme.column, str(path), "is empty", fix)
        first = table.groupby("patient")[scheme.column].transform("first")
        differs = training & (table[scheme.column] != first)
        rule = f"differs from that of the patient's first case, and {name} leaves out whole patients"
        refuse_rows(differs, scheme.column, str(path), rule, "give all cases of a patient one value")
        _check_count(name, scheme, table.loc[training, scheme.column].nunique(), f"{path}, column {scheme.column}")


def check_harmonised(path: Path, scheme: Scheme, where: str) -> None:
    """Stop a run that harmonises by centre, and whose folds leave out whole centres.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    scheme : Scheme
        Of the run.
    where : str
        The key at fault.

    Raises
    ------
    StudyError
        When a fold holds all training patients of a centre: the fit without it has no estimate for it.
    """
    if scheme.column is None:
        return
    by_patient = pd.DataFrame({"value": read_values(path, scheme.column), "centre": read_values(path, CENTRE)})
    left_out = by_patient.groupby("centre")["value"].nunique() == 1
    if left_out.any():
        rule = (
            f"its folds by {scheme.column} leave out every training patient of a centre ({int(left_out.sum())} of "
            f"{len(left_out)} centres), and ComBat has no estimate for a centre that its fit has not seen"
        )
        fix = "state steps without combat for this run (select: {steps: [...]}), or folds that divide every centre"
        raise StudyError(where, rule, fix)


def check_classes(cohort: pd.DataFrame, fold_of: "pd.Series[str]", study: Study, scheme: str) -> None:
    """Check that what is fitted without a fold sees every class, or an event, of every task.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    fold_of : Series of str, indexed by patient
        The folds of one scheme.
    study : Study
        With `tasks`. A task that the whole training set cannot teach yet is passed over: images may be cleaned before
        their labels are known, and `check_labels` stops what learns from them.
    scheme : str
        Its name.

    Raises
    ------
    StudyError
        Naming task and fold: models of that fold could only give the share of positives.
    """
    training = cohort[cohort["split"] == TRAIN]
    for name, task in study.tasks.items():
        outcomes = task_outcomes(training, task)
        find_gap = outcome_of(task).find_gap
        if find_gap(outcomes[mark_known(outcomes)], task):
            continue
        for fold in sorted(fold_of.unique(), key=int):
            fitted = outcomes[mark_fitted(training["patient"], outcomes, fold_of, fold)]
            if gap := find_gap(fitted, task):
                of_scheme = "" if scheme == RANDOM else f" of {scheme}"
                rule = f"without fold {fold}{of_scheme} the training set has {gap} for the task {name}"
                fix = "give the rarer class more cases, or divide the patients so that two folds have it"
                raise StudyError("data/cohort.csv", rule, fix)


def check_tied(groups: "pd.Series[str]", values: "pd.Series[str]", name: str, scheme: Scheme) -> None:
    """Stop a study in which patients who must stay together have several values that are left out in turn.

    Parameters
    ----------
    groups : Series of str, indexed by patient
        Who stays together.
    values : Series of str, indexed by patient
    name : str
        The scheme.
    scheme : Scheme

    Raises
    ------
    StudyError
        Else a fit would see a copy of what it scores, or a patient of the value that it left out.
    """
    spread = values.groupby(groups.reindex(values.index)).nunique() > 1
    if spread.any():
        count = int(spread.sum())
        groups_are = f"{count} {'group' if count == 1 else 'groups'} of patients with near-duplicate images, or of one "
        rule = f"{groups_are}`group` of the cohort, have more than one {scheme.column}"
        fix = (
            f"take one of the patients out of the training set, correct {scheme.column}, or deal the values to folds "
            f"that keep groups whole ({name}: {{column: {scheme.column}, number: ...}})"
        )
        raise StudyError(f"{KEY}.{name}", rule, fix)


def _check_count(name: str, scheme: Scheme, values: int, where: str) -> None:
    needed = scheme.number or 2
    if values < needed:
        known = f"{values} {'value' if values == 1 else 'values'}"
        rule = f"the training patients have {known}, and {name} needs {needed} to leave one out"
        raise StudyError(where, rule, f"name another column, or take {name} out of select.folds")


def _read_groups(cohort: pd.DataFrame) -> "pd.Series[str]":
    """Return the cohort's `group` of each training patient who has one."""
    if "group" not in cohort:
        return pd.Series(dtype=str)
    grouped = cohort[(cohort["split"] == TRAIN) & cohort["group"].notna()].drop_duplicates("patient")
    return pd.Series(grouped["group"].to_numpy(), index=grouped["patient"].to_numpy(), dtype=str)
