"""The cohort table, the only list of cases, and the lock on its test labels."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import SPLIT_PATTERN, TRAIN
from sonomics.core.seeds import generator
from sonomics.core.settings.study import Study
from sonomics.core.tables import missing_column, read_cells
from sonomics.core.tasks import horizon_of, label_columns, numeric_columns, task_labels

IDENTITY = ("patient", "case", "centre", "split")
OPTIONAL = ("fold", "group")
OUTCOME = ("time", "event")
# What columns of simulated ground truth begin with.
SIMULATED = "sim_"
_PSEUDONYM = re.compile(r"[A-Za-z0-9_]+")


def read_cohort(path: Path, study: Study) -> pd.DataFrame:
    """Read the cohort with the labels and outcomes of every row that is not training masked.

    Columns that params do not name (simulated ground truth, notes) are left out.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    study : Study
        With `tasks` and `clinical`.

    Returns
    -------
    DataFrame
        One row per case, sorted by case.

    Raises
    ------
    StudyError
        When the table breaks a rule of `check_cohort`.
    """
    table = _checked(path, study)
    secret = [name for name in dict.fromkeys([*OUTCOME, *_label_columns(study)]) if name in table]
    # Masked before it is typed: what is locked must not say whether a column holds numbers.
    table[secret] = table[secret].mask(table["split"] != TRAIN)
    return _typed(table)


def read_unmasked_cohort(path: Path, study: Study) -> pd.DataFrame:
    """Read the cohort with every label. Only `evaluate` may call this (a test holds it)."""
    return _typed(_checked(path, study))


def check_cohort(table: pd.DataFrame, study: Study, where: str) -> None:
    """Stop a study whose cohort breaks a rule.

    Raises
    ------
    StudyError
        Empty table, missing column, missing or malformed pseudonym, duplicate case, unknown split, a case without
        centre, a patient in two splits, a value that is not a number where it must be one (times, events, columns that
        the rule of a task compares with numbers, clinical columns with numbers in all training cases), or a task whose
        rule is not understood or reads what cannot be a label.
    """
    _check_rules(study)
    _require_columns([*IDENTITY, *_label_columns(study), *study.clinical], table, where)
    if table.empty:
        raise StudyError(where, "the cohort has no case", "list at least one case, or draft it with `sonomics query`")
    for name in ("patient", "case"):
        for row, value in enumerate(table[name], start=2):
            if not isinstance(value, str) or not _PSEUDONYM.fullmatch(value):
                rule = f"{name} is not a pseudonym of letters, digits and _"  # not quoted: it may be a name
                raise StudyError(f"{where}, line {row}", rule, "rename it")
    for case in table["case"][table["case"].duplicated()]:
        raise StudyError(f"{where}, case {case}", "the case is listed twice", "keep one row per case")
    for case, split in zip(table["case"], table["split"], strict=True):
        if not re.fullmatch(SPLIT_PATTERN, str(split)):
            raise StudyError(
                f"{where}, case {case}", "unknown split", "use train, internal, external_1 ..., or prospective"
            )
    for case in table["case"][table["centre"].isna()]:
        fix = "fill in `centre`, even if there is only one"
        raise StudyError(f"{where}, case {case}", "the case has no centre", fix)
    splits = table.groupby("patient")["split"].unique()
    for patient, names in splits[splits.map(len) > 1].items():
        rule = f"the patient is in more than one split ({', '.join(names)})"
        raise StudyError(f"{where}, patient {patient}", rule, "put all cases of a patient in one split")
    _check_numbers(table, study, where)


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
        A training set without both classes of a task.
    """
    training = cohort[cohort["split"] == TRAIN]
    for name, task in study.tasks.items():
        known = task_labels(training, task).dropna()
        if known.nunique() < 2:
            rule = f"the training set has {len(known)} known labels of one class for the task {name}"
            raise StudyError(where, rule, "training needs both classes; check the task's column or rule in params.yaml")


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
    for case, fold in known.loc[~numbers.isin(range(count)), ["case", "fold"]].itertuples(index=False):
        rule = (
            f"fold is {fold if isinstance(fold, str) else format(fold, 'g')}, and select.folds makes 0 to {count - 1}"
        )
        raise StudyError(f"{where}, case {case}", rule, "number the folds from 0, or leave the cell empty")
    if len(known) == len(training) and (empty := sorted(set(range(count)) - set(numbers))):
        rule = f"select.folds makes {count} folds, and fold {empty[0]} has no patient"
        raise StudyError(where, rule, "lower select.folds in params.yaml, or change the fold column")
    several = known.groupby("patient")["fold"].nunique()
    for patient in several.index[several > 1]:
        fix = "give all cases of a patient one fold"
        raise StudyError(f"{where}, patient {patient}", "the patient is in more than one fold", fix)


def check_columns(path: Path, named: Mapping[str, str]) -> None:
    """Stop a study whose parameters name a column that the cohort lacks, even if only a late phase reads it.

    Simulated ground truth (`sim_*`) does not count.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    named : mapping
        Key of params.yaml -> column, from `params.columns_named`.

    Raises
    ------
    StudyError
        Naming the key.
    """
    known = [name for name in _read(path).columns if not name.startswith(SIMULATED)]
    for key, column in named.items():
        if column not in known:
            raise missing_column(f"params.yaml, {key} ({path})", column, known)


def training_labels(cohort: pd.DataFrame, name: str, study: Study, folds: pd.Series) -> pd.Series:
    """Return the labels a phase may fit on.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    name : str
        The task.
    study : Study
        With `tasks`, `seed` and `shuffle_labels`: when the latter is true, the known labels are permuted among the
        training cases, the negative control. They are permuted within each fold, and as many positives go to cases of
        either class: else a fold with many positives would leave few to learn from, and out-of-fold scores would fall
        below chance.
    folds : Series
        From `read_folds`.

    Returns
    -------
    Series of float, indexed by case
        Of the training cases with a known label.
    """
    training = cohort[cohort["split"] == TRAIN]
    known = task_labels(training, study.tasks[name]).dropna()
    if not study.shuffle_labels:
        return known
    fold_of = training.set_index("case")["patient"].map(folds).reindex(known.index)
    permuted = [_permute(known[fold_of == fold], study.seed, name, fold) for fold in sorted(fold_of.unique())]
    shuffled: pd.Series = pd.concat(permuted).reindex(known.index)
    return shuffled


def chunk_of(patient: str, chunks: int) -> int:
    """Return the chunk a patient belongs to, whoever else is in the cohort."""
    return int(sha256(patient.encode()).hexdigest(), 16) % chunks


def read_roster(path: Path) -> pd.DataFrame:
    """Read who is in the cohort, and the simulated ground truth (`sim_*`) of simulated cases; no label, no outcome.

    Returns
    -------
    DataFrame of str
        `patient, case, centre, split` and the `sim_*` columns, sorted by case. Only the simulator and `evaluate` may
        use the latter.

    Raises
    ------
    StudyError
        When a column of these is missing.
    """
    table = _read(path)
    _require_columns(IDENTITY, table, str(path))
    simulated = [name for name in table.columns if name.startswith(SIMULATED)]
    return table[[*IDENTITY, *simulated]].sort_values("case", ignore_index=True)


def fingerprint(roster: pd.DataFrame) -> str:
    """Name the content of a table by its hash, so that a job reruns when its own rows change and only then."""
    return sha256(roster.to_csv(index=False).encode()).hexdigest()[:16]


def _require_columns(columns: Iterable[str], table: pd.DataFrame, where: str) -> None:
    for name in columns:
        if name not in table:
            raise missing_column(where, name, table)


def _read(path: Path) -> pd.DataFrame:
    if not Path(path).exists():
        raise StudyError(str(path), "a study needs its cohort", "draft it with `sonomics query`, or write it by hand")
    table = read_cells(Path(path).read_bytes(), str(path))
    if table.columns.empty:
        raise StudyError(str(path), "the cohort has no case", "draft it with `sonomics query`")
    return table.mask(table == "")


def _checked(path: Path, study: Study) -> pd.DataFrame:
    """Read the columns that params name, as text, sorted by case."""
    table = _read(path)
    check_cohort(table, study, str(path))
    named = [*IDENTITY, *OPTIONAL, *OUTCOME, *_label_columns(study), *study.clinical]
    columns = [name for name in dict.fromkeys(named) if name in table]
    return table[columns].sort_values("case", ignore_index=True)


def _check_rules(study: Study) -> None:
    for name, task in study.tasks.items():
        horizon_of(task)
        for column in label_columns(task) if task.rule is not None else ():
            if column in (*IDENTITY, *OPTIONAL) or column.startswith(SIMULATED):
                kind = "simulated ground truth" if column.startswith(SIMULATED) else "which is not a label"
                rule = f"the rule {task.rule!r} reads {column}, {kind}"
                raise StudyError(f"params.yaml, study.tasks.{name}", rule, "write a rule on other columns")


def _check_numbers(table: pd.DataFrame, study: Study, where: str) -> None:
    training = table["split"] == TRAIN
    numeric = [*OUTCOME, *(column for task in study.tasks.values() for column in numeric_columns(task))]
    for name in dict.fromkeys([*numeric, *study.clinical]):
        if name not in table:
            continue
        not_a_number = table[name].notna() & pd.to_numeric(table[name], errors="coerce").isna()
        is_text = not_a_number[training].any() or table.loc[training, name].isna().all()
        if not_a_number.any() and (name in numeric or not is_text):
            case = table.loc[not_a_number, "case"].iloc[0]
            rule = f"{name} is not a number, and the column holds numbers"
            raise StudyError(f"{where}, case {case}", rule, "write a number, or leave the cell empty if it is unknown")


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    typed = table.copy()
    for name in table.columns.difference([*IDENTITY, "group"]):
        numbers = pd.to_numeric(table[name], errors="coerce")
        if numbers.notna().sum() == table[name].notna().sum():
            typed[name] = numbers.astype(np.float64)
    return typed


def _permute(labels: pd.Series, *names: object) -> pd.Series:
    positives = int(labels.sum())
    to_positives = round(positives * positives / len(labels))
    permuted = labels.copy()
    for value, count in ((1.0, to_positives), (0.0, positives - to_positives)):
        members = labels.index[labels == value]
        is_positive = generator("shuffle", *names, value).permutation(len(members)) < count
        permuted[members] = is_positive.astype(float)
    return permuted


def _label_columns(study: Study) -> list[str]:
    return list(dict.fromkeys(column for task in study.tasks.values() for column in label_columns(task)))
