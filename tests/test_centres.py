"""Negative control of the folds by centre: what a model learned of the centres is lost when a centre is left out."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.clean.folds import main as make_folds
from sonomics.core.folds import read_folds
from sonomics.core.schemas import FEATURES, PREDICTIONS, SCREENED
from sonomics.core.tables import read_table, write_table
from sonomics.select.choose import main as choose
from sonomics.statistics.discrimination.auc import auc
from sonomics.train.classifier import main as train

CENTRES, EACH = 12, 12
SETTINGS = {
    "study": {
        "seed": 1,
        "clinical": [],
        "shuffle_labels": False,
        "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": 1}},
    },
    "crop": {"analysis": {"reader": "r1", "session": "1"}},
    "select": {
        "unit": "case",
        "folds": {"random": {"number": 5}, "by_centre": {"column": "centre"}},
        "steps": [{"step": "u_test", "below": 1.0}],
    },
    "train": {"models": {"rf": {"kind": "forest", "families": ["t"], "trees": 60}}},
}


def simulate(shares: list[float], signal: float, of_centre: float) -> pd.DataFrame:
    """Write a cohort of centres with these shares of positives, and features of the disease and of the centre."""
    random = np.random.default_rng(5)
    centre = np.repeat(np.arange(CENTRES), EACH)
    label = np.concatenate([np.arange(EACH) < round(share * EACH) for share in shares]).astype(int)
    names = [f"P{i:03d}" for i in range(len(label))]
    cohort = pd.DataFrame({"patient": names, "case": names, "split": "train", "cancer": label})
    cohort["centre"] = [f"c{number}" for number in centre]
    cohort.to_csv("cohort.csv", index=False)
    about = {"patient": names, "case": names, "image": names, "view": "grey"}
    blank = {"str": "", "int": 0, "float": 0.0, "bool": True}
    images = pd.DataFrame({name: blank[kind] for name, kind in SCREENED.columns.items()}, index=range(len(names)))
    write_table(images.assign(**about, duplicate_group=names), Path("images.parquet"), SCREENED)
    effects = random.normal(0, of_centre, (CENTRES, 6))
    values = effects[centre] + random.normal(0, 1, (len(names), 6)) + signal * label[:, None] * ([1, 1, 0, 0, 0, 0])
    features = pd.DataFrame(values, columns=[f"t__x{i}" for i in range(6)])
    write_table(features.assign(**about, reader="r1", session="1", hash=""), Path("features.parquet"), FEATURES)
    return cohort


def score(cohort: pd.DataFrame, scheme: str) -> float:
    """Choose and train by the folds of a scheme with the jobs, and return the AUC out of fold."""
    folds = sorted(read_folds(Path("results/folds.parquet"), scheme).unique(), key=int)
    files = ["--settings", json.dumps(SETTINGS), "--cohort", "cohort.csv", "--folds", "results/folds.parquet"]
    run = [*files, "--scheme", scheme, "--task", "cancer", "--fold", *folds]
    tables = ["--images", "images.parquet", "--features", "features.parquet"]
    choose([*run, *tables, "--family", "t", "--out", f"{scheme}/t/cancer"])
    train([*run, "--selected", scheme, "--variant", "main", "--model", "rf", "--out", f"{scheme}/rf"])
    rows = [read_table(Path(scheme, "rf", fold, "predictions.parquet"), PREDICTIONS) for fold in folds]
    values = pd.concat(rows).set_index("case")["value"].reindex(cohort["case"])
    return auc(cohort["cancer"].to_numpy(float), values.to_numpy())


def divide() -> None:
    """Run the job that makes the folds."""
    files = ["--cohort", "cohort.csv", "--images", "images.parquet", "--out", "results/folds.parquet"]
    make_folds(["--settings", json.dumps(SETTINGS), *files])


def test_a_model_of_confounded_centres_falls_to_chance_where_a_centre_is_left_out(inside):
    cohort = simulate([0.9, 0.1] * (CENTRES // 2), signal=0.0, of_centre=2.0)
    divide()
    assert score(cohort, "random") > 0.85
    assert score(cohort, "by_centre") < 0.6


def test_a_model_of_the_disease_does_as_well_where_a_centre_is_left_out(inside):
    cohort = simulate([0.5] * CENTRES, signal=1.5, of_centre=0.2)
    divide()
    random, by_centre = score(cohort, "random"), score(cohort, "by_centre")
    assert random > 0.8
    assert abs(random - by_centre) < 0.06


def test_every_centre_is_a_fold_and_no_other_patient_is_in_it(inside):
    cohort = simulate([0.5] * CENTRES, signal=1.0, of_centre=0.0)
    divide()
    fold_of = cohort["patient"].map(read_folds(Path("results/folds.parquet"), "by_centre"))
    assert pd.crosstab(fold_of, cohort["centre"]).gt(0).sum().eq(1).all()
    assert fold_of.nunique() == CENTRES
