"""The cohort table, the only list of cases, and the lock on its test labels."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.cohort_checks import check_cohort, list_label_columns, require_columns
from sonomics.core.errors import StudyError
from sonomics.core.schemas import IDENTITY, OPTIONAL, OUTCOME, SIMULATED, TRAIN
from sonomics.core.settings.study import Study
from sonomics.core.tables import missing_column, read_cells
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of, task_outcomes
from sonomics.core.words import canonical_column


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
    secret = [name for name in dict.fromkeys([*OUTCOME, *list_label_columns(study)]) if name in table]
    # Masked before it is typed: what is locked must not say whether a column holds numbers.
    table[secret] = table[secret].mask(table["split"] != TRAIN)
    return _typed(table)


def read_unmasked_cohort(path: Path, study: Study) -> pd.DataFrame:
    """Read the cohort with every label. Only `evaluate` may call this (a test holds it)."""
    return _typed(_checked(path, study))


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


def training_outcomes(cohort: pd.DataFrame, name: str, study: Study, folds: pd.Series) -> pd.DataFrame:
    """Return the outcomes a phase may fit on.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    name : str
        The task.
    study : Study
        With `tasks`, `seed` and `shuffle_labels`: when the latter is true, the known outcomes are permuted among the
        training cases, the negative control. They are permuted within each fold, and cases of every label get their
        share of each: else a fold with many positives would leave few to learn from, and out-of-fold scores would fall
        below chance.
    folds : Series
        From `read_folds`.

    Returns
    -------
    DataFrame of float, indexed by case
        As `task_outcomes`, of the training cases with a known outcome.
    """
    training = cohort[cohort["split"] == TRAIN]
    task = study.tasks[name]
    known = task_outcomes(training, task).dropna()
    if not study.shuffle_labels:
        return known
    fold_of = training.set_index("case")["patient"].map(folds).reindex(known.index)
    permute = outcome_of(task).permute
    permuted = [permute(known[fold_of == fold], study.seed, name, fold) for fold in sorted(fold_of.unique())]
    return pd.concat(permuted).reindex(known.index)


def training_labels(cohort: pd.DataFrame, name: str, study: Study, folds: pd.Series) -> pd.Series:
    """Return the labels a phase may fit on, of a task that has labels, as `training_outcomes` does."""
    return training_outcomes(cohort, name, study, folds)[LABEL]


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
    require_columns(IDENTITY, table, str(path))
    simulated = [name for name in table.columns if name.startswith(SIMULATED)]
    return table[[*IDENTITY, *simulated]].sort_values("case", ignore_index=True)


def read_columns(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """Read `split` and further columns as text, in the order of the file, NaN where a cell is empty, to check them."""
    table = _read(path)
    return table[list(dict.fromkeys(["split", *columns]))]


def fingerprint(roster: pd.DataFrame) -> str:
    """Name the content of a table by its hash, so that a job reruns when its own rows change and only then."""
    return sha256(roster.to_csv(index=False).encode()).hexdigest()[:16]


def _read(path: Path) -> pd.DataFrame:
    if not Path(path).exists():
        raise StudyError(str(path), "a study needs its cohort", "draft it with `sonomics query`, or write it by hand")
    table = read_cells(Path(path).read_bytes(), str(path))
    if table.columns.empty:
        raise StudyError(str(path), "the cohort has no case", "draft it with `sonomics query`")
    # Names of patients and cases are kept as written; everything else is compared by what it means.
    written = [name for name in table if name in ("patient", "case") or str(name).startswith(SIMULATED)]
    meant = table[table.columns.difference(written)].apply(canonical_column)
    return table.assign(**{str(name): meant[name] for name in meant}).mask(table == "")


def _checked(path: Path, study: Study) -> pd.DataFrame:
    """Read the columns that params name, as text, sorted by case."""
    table = _read(path)
    check_cohort(table, study, str(path))
    named = [*IDENTITY, *OPTIONAL, *OUTCOME, *list_label_columns(study), *study.clinical]
    columns = [name for name in dict.fromkeys(named) if name in table]
    return table[columns].sort_values("case", ignore_index=True)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    typed = table.copy()
    for name in table.columns.difference([*IDENTITY, "group"]):
        numbers = pd.to_numeric(table[name], errors="coerce")
        if numbers.notna().sum() == table[name].notna().sum():
            typed[name] = numbers.astype(np.float64)
    return typed
