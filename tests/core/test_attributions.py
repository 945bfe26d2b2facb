"""Weights of features, by hand."""

import pandas as pd

from sonomics.core.attributions import weigh_features


def table(*rows):
    return pd.DataFrame(rows, columns=["case", "image", "fold", "split", "feature", "attribution"])


def test_test_rows_count_and_a_feature_that_a_row_lacks_adds_nothing():
    rows = table(
        ("a", "", "all", "internal", "x", -0.2),
        ("b", "", "all", "internal", "x", 0.4),
        ("b", "", "all", "internal", "y", 0.1),
        ("c", "", "0", "train", "z", 9.0),
    )
    assert weigh_features(rows).round(3).to_dict() == {"x": 0.3, "y": 0.05}
    assert weigh_features(rows[rows["split"] == "train"]).to_dict() == {"z": 9.0}
    assert weigh_features(rows[:0]).empty
