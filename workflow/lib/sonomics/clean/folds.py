"""Divide the training patients into folds by every scheme, once for the whole study."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.fold_schemes import check_classes, check_tied, find_prescribed, number_values, read_values
from sonomics.core.folds import connect_patients
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import FOLDS, SCREENED, TRAIN
from sonomics.core.seeds import seed_for
from sonomics.core.settings.select import Scheme
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


def divide_patients(
    patients: pd.DataFrame, schemes: Mapping[str, Scheme], values: Mapping[str, pd.Series], seed: int
) -> pd.DataFrame:
    """Divide the training patients by every scheme.

    Parameters
    ----------
    patients : DataFrame
        From `training_patients`. The folds that the cohort prescribes are those of the first scheme without a column.
    schemes : mapping of str to Scheme
    values : mapping of str to Series
        Column of a scheme to the value of every patient, from `read_values`.
    seed : int
        Of the study.

    Returns
    -------
    DataFrame
        Schema FOLDS.

    Raises
    ------
    StudyError
        As `assign_folds`; a group of patients with several values that are left out in turn; or too few values for the
        folds.
    """
    table = patients[["patient", "group"]].copy()
    open_folds = patients.assign(fold=float("nan"))
    prescribed = find_prescribed(schemes)
    for name, scheme in schemes.items():
        if scheme.column is None:
            given = patients if name == prescribed else open_folds
            folds = assign_folds(given, int(scheme.number or 0), seed)["fold"]
        else:
            of_patient = values[scheme.column].reindex(patients["patient"])
            folds = _divide_by_values(open_folds, of_patient, name, scheme, seed)
        table[name] = folds.to_numpy()
    return table


def _divide_by_values(
    patients: pd.DataFrame, of_patient: pd.Series, name: str, scheme: Scheme, seed: int
) -> "pd.Series[int]":
    """Leave every value out once, or deal the values to folds, with patients who stay together in one fold."""
    groups = pd.Series(patients["group"].to_numpy(), index=patients["patient"].to_numpy())
    if scheme.leaves_out_values:
        check_tied(groups, of_patient, name, scheme)
        return number_values(of_patient).astype(int)
    members = pd.DataFrame({"patient": groups.index, "group": groups.to_numpy(), "value": of_patient.to_numpy()})
    ties = _ties(members, "group") + _ties(members, "value")
    united = connect_patients(members["patient"], ties)[members["patient"]].to_numpy()
    count = int(scheme.number or 0)
    if (parts := len(set(united))) < count:
        rule = (
            f"near-duplicates connect the values of {scheme.column} to {parts} parts, which cannot fill {count} folds"
        )
        raise StudyError(f"params.yaml, select.folds.{name}", rule, f"state number: {max(parts, 2)}, or another column")
    return assign_folds(patients.assign(group=united), count, seed)["fold"]


def check_scored(folds: pd.DataFrame, images: pd.DataFrame, schemes: Mapping[str, Scheme]) -> None:
    """Check that every value that is left out has a patient with a kept image, where the study has images.

    Raises
    ------
    StudyError
        Naming scheme and fold: there would be nothing to score.
    """
    with_image = folds[folds["patient"].isin(images.loc[images["keep"], "patient"])]
    for name, scheme in schemes.items() if len(with_image) else ():
        if empty := sorted(set(folds[name]) - set(with_image[name])):
            rule = f"no patient of fold {empty[0]} of {name} has an image that was kept"
            fix = "see results/screening.csv; take these patients out of the training set, or the scheme out"
            where = f"column {scheme.column}" if scheme.column else f"select.folds.{name}"
            raise StudyError(f"data/cohort.csv, {where}", rule, fix)


def _ties(members: pd.DataFrame, name: str) -> list[tuple[str, str]]:
    """Tie every patient to the first one with the same value of a column."""
    first = members.groupby(name)["patient"].transform("first")
    return list(zip(first, members["patient"], strict=True))


def main(argv: Sequence[str] | None = None) -> None:
    """Write `patient, group` of every training patient, and the fold in every scheme."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    # Clinical columns do not count here.
    study = args.settings.study.model_copy(update={"clinical": []})
    schemes = args.settings.select.schemes()
    cohort, images = read_cohort(args.cohort, study), read_table(args.images, SCREENED)
    columns = {scheme.column for scheme in schemes.values() if scheme.column is not None}
    values = {column: read_values(args.cohort, column) for column in columns}
    folds = divide_patients(training_patients(cohort, images, study), schemes, values, study.seed)
    for name in schemes:
        check_classes(cohort, folds.set_index("patient")[name].astype(str), study, name)
    check_scored(folds, images, {name: scheme for name, scheme in schemes.items() if scheme.column is not None})
    write_table(folds, args.out, FOLDS)


if __name__ == "__main__":
    run_job(main)
