"""Divide the training patients into folds, once for the whole study."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.folds import connect_patients, mark_fitted
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import FOLDS, SCREENED, TRAIN
from sonomics.core.seeds import seed_for
from sonomics.core.settings.study import Study
from sonomics.core.tables import read_table, write_table
from sonomics.core.tasks import outcome_of, task_outcomes


def assign_folds(patients: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Assign groups of patients to folds, stratum by stratum, in an order that only names decide.

    Parameters
    ----------
    patients : DataFrame
        One row per patient: `patient`, `group` (who must stay together), `stratum` (text), and `fold` (float; a number
        where the cohort prescribes one, else NaN).
    count : int
        Number of folds.
    seed : int
        Of the study.

    Returns
    -------
    DataFrame
        `patient, group, fold` (int).

    Raises
    ------
    StudyError
        When a prescribed fold is outside 0 .. count - 1, or the members of a group are prescribed different folds.
    """
    fold_of: dict[str, int] = {}
    prescribed = patients.dropna(subset=["fold"]).groupby("group")["fold"].unique()
    for group, folds in prescribed.items():
        if len(folds) > 1 or not 0 <= folds[0] < count or folds[0] != int(folds[0]):
            members = int((patients["group"] == group).sum())
            rule = f"a group of {members} patients has {len(folds)} folds, or one that select.folds does not make"
            raise StudyError("data/cohort.csv, column fold", rule, f"give each group one of 0 ... {count - 1}")
        fold_of[str(group)] = int(folds[0])
    strata = patients.groupby("group")["stratum"].max().sort_index()
    position = 0
    for _, stratum in strata[~strata.index.isin(list(fold_of))].groupby(strata):
        for group in sorted(stratum.index, key=lambda name: seed_for(seed, "fold", name)):
            fold_of[group] = position % count
            position += 1
    return patients[["patient", "group"]].assign(fold=patients["group"].map(fold_of).astype(int))


def training_patients(cohort: pd.DataFrame, images: pd.DataFrame, study: Study) -> pd.DataFrame:
    """List the training patients with their group and stratum.

    Patients whose images are near-duplicates of each other, or who share the cohort's `group`, stay together. The
    stratum is the outcome of the study's first task.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    images : DataFrame
        The screened images.
    study : dict
        With `tasks`.

    Returns
    -------
    DataFrame
        As `assign_folds` takes it.
    """
    training = cohort[cohort["split"] == TRAIN]
    first = next(iter(study.tasks.values()))
    outcomes = task_outcomes(training, first).set_axis(training["patient"].to_numpy())
    stratum = outcome_of(first).stratify(outcomes.groupby(level=0).max())
    patients = training.drop_duplicates("patient").set_index("patient")
    ties = _ties(images[images["patient"].isin(patients.index)], "duplicate_group")
    if "group" in training:
        ties += _ties(training.dropna(subset=["group"]), "group")
    return pd.DataFrame(
        {
            "patient": patients.index,
            "group": connect_patients(patients.index, ties)[patients.index].to_numpy(),
            "stratum": stratum.reindex(patients.index).to_numpy(),
            "fold": patients["fold"].astype(float).to_numpy() if "fold" in patients else float("nan"),
        }
    )


def check_classes(cohort: pd.DataFrame, folds: pd.DataFrame, study: Study) -> None:
    """Check that what is fitted without a fold sees every class, or an event, of every task.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    folds : DataFrame
        From `assign_folds`.
    study : mapping
        With `tasks`.

    Raises
    ------
    StudyError
        Naming task and fold: models of that fold could only give the share of positives.
    """
    training = cohort[cohort["split"] == TRAIN]
    fold_of = folds.set_index("patient")["fold"].astype(str)
    for name, task in study.tasks.items():
        outcomes = task_outcomes(training, task)
        for fold in sorted(folds["fold"].unique()):
            fitted = outcomes[mark_fitted(training["patient"], outcomes, fold_of, str(fold))]
            if gap := outcome_of(task).find_gap(fitted, task):
                rule = f"without fold {fold} the training set has {gap} for the task {name}"
                fix = "give the rarer class more cases, or fill the fold column so that two folds have it"
                raise StudyError("data/cohort.csv", rule, fix)


def _ties(members: pd.DataFrame, name: str) -> list[tuple[str, str]]:
    """Tie every patient to the first one with the same value of a column."""
    first = members.groupby(name)["patient"].transform("first")
    return list(zip(first, members["patient"], strict=True))


def main(argv: Sequence[str] | None = None) -> None:
    """Write `patient, group, fold` of every training patient."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    study = args.settings.study
    cohort = read_cohort(args.cohort, study)
    patients = training_patients(cohort, read_table(args.images, SCREENED), study)
    folds = assign_folds(patients, args.settings.select.folds, study.seed)
    check_classes(cohort, folds, study)
    write_table(folds, args.out, FOLDS)


if __name__ == "__main__":
    run_job(main)
