"""What is summarised of the training of every model."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import write_csv
from sonomics.core.schemas import TRIALS
from sonomics.core.tables import write_table
from sonomics.train.summarise import read_curves, summarise_folds, summarise_searches


def test_the_auc_of_each_fold_is_over_cases_and_folds_of_one_class_do_not_count():
    rows = [
        ("0", "a", 1.0, 0.9), ("0", "a", 1.0, 0.1), ("0", "b", 0.0, 0.4),
        ("1", "c", 1.0, 0.2), ("1", "d", 0.0, 0.3), ("2", "e", 1.0, 0.2), ("2", "f", np.nan, 0.9),
    ]  # fmt: skip
    predictions = pd.DataFrame(rows, columns=["fold", "case", "label", "value"]).assign(**{"class": "1"})
    summary = summarise_folds(predictions)
    assert summary["folds"] == 2
    assert summary["mean"] == 0.5
    assert summary["sd"] == pytest.approx(np.sqrt(0.5))


def test_a_curve_is_named_after_its_run_and_not_after_its_folder(inside):
    write_csv(inside / "x.csv", pd.DataFrame({"epoch": [1, 2], "loss": [0.7, 0.5], "learning_rate": 0.1}))
    curves = read_curves([("main", "cnn", "cancer", "all", "x.csv")])
    assert curves.to_dict("list") == {
        "run": ["main cnn cancer fold all"] * 2,
        "epoch": [1, 2],
        "loss": [0.7, 0.5],
    }
    assert list(read_curves([])) == ["run", "epoch", "loss"]


def test_what_a_search_chose_is_told(tmp_path):
    about = {"measure": "auc", "folds": 3, "sd": 0.1, "reason": ""}
    trials = pd.DataFrame(
        [
            {
                **about,
                "trial": 0,
                "parameter": "cost",
                "value": "2.5",
                "mean": 0.8,
                "state": "complete",
                "chosen": True,
            },
            {
                **about,
                "trial": 0,
                "parameter": "kernel",
                "value": '"rbf"',
                "mean": 0.8,
                "state": "complete",
                "chosen": True,
            },
            {
                **about,
                "trial": 1,
                "parameter": "cost",
                "value": "9.0",
                "mean": None,
                "state": "failed",
                "chosen": False,
            },
        ]
    )
    write_table(trials.astype({"mean": float}), tmp_path / "trials.parquet", TRIALS)
    found = summarise_searches([("main", "svm", "cancer", "all", str(tmp_path / "trials.parquet"))])
    assert found["main"]["cancer"]["svm"]["all"] == {
        "chosen": {"cost": 2.5, "kernel": "rbf"}, "measure": "auc", "mean": 0.8, "sd": 0.1, "trials": 2, "failed": 1,
    }  # fmt: skip
