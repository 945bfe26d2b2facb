"""The mean of the models of the folds in place of the refitted model."""

import numpy as np
import pandas as pd

from sonomics.core.predictor import average_folds


def rows(*values: tuple[str, str, str, str, float], kind: str = "probability") -> pd.DataFrame:
    table = pd.DataFrame(values, columns=["model", "case", "split", "fold", "value"])
    about = {"patient": table["case"], "image": "", "variant": "main", "task": "t", "class": "1", "horizon": np.nan}
    return table.assign(**about, kind=kind)


def test_without_folds_that_scored_tests_nothing_changes():
    table = rows(("a", "P1", "train", "0", 0.1), ("a", "P2", "internal", "all", 0.7))
    assert average_folds(table) is table


def test_the_mean_of_the_folds_replaces_the_refitted_model_of_that_model_alone():
    table = rows(
        ("a", "P1", "train", "0", 0.1), ("a", "P2", "internal", "0", 0.2), ("a", "P2", "internal", "1", 0.4),
        ("a", "P2", "internal", "all", 0.9), ("b", "P1", "train", "0", 0.3), ("b", "P2", "internal", "all", 0.8),
    )  # fmt: skip
    averaged = average_folds(table)
    assert list(averaged.columns) == list(table.columns)
    values = averaged.set_index(["model", "case", "fold"])["value"].to_dict()
    assert values.pop(("a", "P2", "all")) == np.mean([0.2, 0.4])
    assert values == {("a", "P1", "0"): 0.1, ("b", "P1", "0"): 0.3, ("b", "P2", "all"): 0.8}


def test_a_fold_without_a_value_leaves_none():
    table = rows(("a", "P2", "internal", "0", 0.2), ("a", "P2", "internal", "1", np.nan))
    assert average_folds(table)["value"].isna().tolist() == [True]


def test_a_fold_without_a_feature_is_left_out_of_a_mean_of_distances():
    distances = rows(("a", "P2", "internal", "0", -2.0), ("a", "P2", "internal", "1", -1.0), kind="score")
    table = pd.concat([distances, rows(("a", "P2", "internal", "2", 0.4))], ignore_index=True)
    assert average_folds(table)[["kind", "value"]].to_numpy().tolist() == [["score", -1.5]]
