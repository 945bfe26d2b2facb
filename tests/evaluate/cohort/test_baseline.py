"""Table 1 by hand."""

import numpy as np
import pytest

from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.samples.scored import build_samples
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_baseline_describes_scored_cases_with_missing_values_counted() -> None:
    cohort = cohort_of(["malignant", "malignant", "benign", "benign"], "train", age=[50.0, 60.0, 70.0, np.nan])
    cohort["sex"] = ["female", "male", None, "male"]
    scored = join(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.2, 0.1]))
    table = baseline_table(build_samples(scored, [A]), ["age", "sex"])
    by_split = table[table["section"] == "split"]
    age = by_split[by_split["variable"] == "age"].iloc[0]
    assert (age["n"], age["missing"], age["mean"], age["sd"], age["median"]) == (3, 1, 60, 10, 60)
    sex = by_split[by_split["variable"] == "sex"].set_index("level")
    assert sex["count"].to_dict() == {"female": 1, "male": 2, "missing": 1}
    assert sex.loc["male", "percent"] == pytest.approx(200 / 3)
    label = by_split[by_split["variable"] == "label"].set_index("level")
    assert label["count"].to_dict() == {"negative": 2, "positive": 2}
