"""The job that explains what a classifier weighed."""

import json

import numpy as np
import pytest

from sonomics.core.predictor import average_folds
from sonomics.core.schemas import ATTRIBUTIONS, PREDICTIONS
from sonomics.core.tables import read_table, read_tables
from sonomics.train import classifier, explain
from tests.train.rows import STATED
from tests.train.test_classifier import chosen

__all__ = ["chosen"]


@pytest.mark.parametrize("predictor", ["refit", "folds"])
def test_every_row_is_explained_by_what_scored_it(chosen, predictor):
    task = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    study = {"seed": 1, "tasks": task, "clinical": [], "shuffle_labels": False}
    models = {"rf": {**STATED["rf"], "families": ["t", "u"], "predictor": predictor}}
    settings = json.dumps({"study": study, "train": {"models": models}})
    names = ["--variant", "main", "--model", "rf", "--task", "cancer", "--fold", "0", "1", "all"]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random", "--selected", "."]
    for job in (classifier, explain):
        job.main(["--settings", settings, *names, *files, "--out", "out"])
    table = read_table(chosen / "out/all/attributions.parquet", ATTRIBUTIONS)
    files = [chosen / f"out/{fold}/predictions.parquet" for fold in ("0", "1", "all")]
    scored = average_folds(read_tables(files, PREDICTIONS))
    sums = table.groupby(["fold", "case"])["attribution"].sum() + table.groupby(["fold", "case"])["base"].first()
    values = {(row.fold, row.case): row.value for row in scored.itertuples()}
    assert set(sums.index) == set(values)
    np.testing.assert_allclose(sums, [values[key] for key in sums.index], atol=1e-6)
    assert set(table["feature"]) == {"t__a", "u__a"}
    weights = table.assign(size=table["attribution"].abs()).groupby("feature")["size"].mean()
    assert weights["t__a"] > weights["u__a"]
