"""Choose features of one family on the training rows of each fold, and hand on their values for every row."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.files import replacing, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import FEATURES, SCREENED, SELECTED
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.select.rows import repeats_of, rows_of
from sonomics.select.steps import (
    Repeats,
    keep_by_lasso,
    keep_defined,
    keep_reliable,
    keep_separating,
    keep_uncorrelated,
)

State = dict[str, Any]


def fit(rows: pd.DataFrame, labels: pd.Series, repeats: Repeats, settings: Mapping[str, Any], seed: int) -> State:
    """Run the steps on training rows.

    Parameters
    ----------
    rows : DataFrame
        Features of the training rows, indexed by (patient, case, image).
    labels : Series
        0 or 1 of each row, same order.
    repeats : mapping
        From `repeats_of`, cut to the training rows.
    settings : mapping
        The `select` section.
    seed : int
        Of the inner folds.

    Returns
    -------
    dict
        `kept` (names), `median`, `mean`, `sd` of each kept feature, `coefficients`, `intercept` and `penalty` of the
        LASSO, its `curve`, and `steps`, each with the number of features before and after.
    """
    outcome = labels.to_numpy(dtype=np.float64)
    steps: list[dict[str, Any]] = []

    def record(step: str, before: int, after: int, note: str) -> None:
        steps.append({"step": step, "in": before, "out": after, "note": note})

    defined = keep_defined(rows)
    record("defined", rows.shape[1], len(defined.names), defined.note)
    reliable = keep_reliable(defined.names, repeats, settings["icc"])
    record("icc", len(defined.names), len(reliable.names), reliable.note)
    median = rows[reliable.names].median()
    filled = rows[reliable.names].fillna(median)
    separating = keep_separating(filled, outcome, settings["u_test"])
    record("u_test", len(reliable.names), len(separating.names), separating.note)
    single = keep_uncorrelated(filled[separating.names], settings["correlation"])
    record("correlation", len(separating.names), len(single.names), single.note)
    mean, sd = filled[single.names].mean(), filled[single.names].std(ddof=0)
    scaled = (filled[single.names] - mean) / sd
    patients = [str(patient) for patient in rows.index.get_level_values("patient")]
    lasso = keep_by_lasso(scaled, outcome, patients, settings["lasso"], seed)
    kept = list(lasso.coefficients)
    record("lasso", len(single.names), len(kept), lasso.note)
    return {
        "kept": kept,
        "median": median[kept].to_dict(),
        "mean": mean[kept].to_dict(),
        "sd": sd[kept].to_dict(),
        "coefficients": lasso.coefficients,
        "intercept": lasso.intercept,
        "penalty": lasso.penalty,
        "curve": lasso.curve,
        "rows": len(rows),
        "positives": int(outcome.sum()),
        "steps": steps,
    }


def apply(state: State, rows: pd.DataFrame) -> pd.DataFrame:
    """Impute and z-score the kept features of any rows with the numbers of the training rows."""
    kept = state["kept"]
    values = rows.reindex(columns=kept)
    return (values.fillna(pd.Series(state["median"])) - pd.Series(state["mean"])) / pd.Series(state["sd"])


def training_repeats(repeats: Repeats, rows: pd.Index) -> Repeats:
    """Cut the pairs of readings down to some rows."""
    return {
        name: (first[first.index.isin(rows)], second[second.index.isin(rows)])
        for name, (first, second) in repeats.items()
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the state, the counts of each step, and the selected values of all rows."""
    parser = job_parser(__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--features", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, nargs="+", required=True, help="one folder a fold, named after it")
    args = parser.parse_args(argv)
    study, settings = args.settings["study"], args.settings["select"]
    analysis = args.settings["crop"]["analysis"]

    images = read_table(args.images, SCREENED)
    features = read_tables(args.features, FEATURES)
    features = features[features["image"].isin(images.loc[images["keep"], "image"])]
    rows = rows_of(features, settings["unit"], analysis)
    repeats = repeats_of(features, settings["unit"], analysis)
    folds = read_folds(args.folds)
    labels = training_labels(read_cohort(args.cohort, study), args.task, study, folds)
    about = rows.index.to_frame()
    fold_of, label_of = about["patient"].map(folds), about["case"].map(labels)

    for folder in progress(args.out, "folds"):
        fold = folder.name
        training = (fold_of.notna() & (fold_of != fold) & label_of.notna()).to_numpy()
        seed = seed_for(study["seed"], "select", args.task, fold)
        inside = training_repeats(repeats, rows.index[training])
        state = fit(rows[training], label_of[training], inside, settings, seed)
        write_json(folder / "state.json", state)
        with replacing(folder / "steps.csv") as temporary:
            pd.DataFrame(state["steps"]).to_csv(temporary, index=False, lineterminator="\n")
        write_table(apply(state, rows).reset_index(), folder / "features.parquet", SELECTED)


if __name__ == "__main__":
    run_job(main)
