"""What is summarised of the training of every model."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import write_csv
from sonomics.train.summarise import read_curves, summarise_folds


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
