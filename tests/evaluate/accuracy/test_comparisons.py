"""Comparisons of models, sets and runs against the pure functions they come from."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from sonomics.evaluate.accuracy.comparisons import between_splits_table, comparison_table
from sonomics.evaluate.accuracy.reclassification import reclassification_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.comparison.mcnemar import mcnemar_counts
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.auc_comparison import unpaired_delong_test
from tests.evaluate.hand_made import A, B, cases_of

SAMPLING = Sampling(0.95, 50, 1)
SEVERAL = "a patient has several cases, which the test takes for independent"


def test_decisions_are_compared_by_mcnemar_and_p_adjusted_within_a_split() -> None:
    cases = cases_of({"train": 60, "internal": 50})
    cases["c__probability"] = np.random.default_rng(3).random(len(cases))
    third = B.__class__("c", 0.5, "probability", "youden")
    table = comparison_table(build_samples(cases, [A, B, third]), SAMPLING)
    row = table[(table["split"] == "internal") & (table["against"] == "b")].iloc[0]
    inside = cases[cases["split"] == "internal"]
    truth = inside["label"] == 1
    right = [(inside[f"{model}__probability"] >= 0.5) == truth for model in "ab"]
    b, c = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    assert (row["only_model_right"], row["only_against_right"]) == (b, c)
    expected = mcnemar_counts(b, c)
    assert (row["p_mcnemar"], row["p_mcnemar_exact"]) == pytest.approx((expected.p_mid, expected.p_exact))
    for _, family in table.groupby("split"):
        assert family["p_holm"].tolist() == pytest.approx(holm(family["p"]).tolist())


def test_a_patient_with_several_cases_is_resampled_and_has_no_test_of_independent_cases() -> None:
    cases = cases_of({"train": 40, "internal": 40})
    cases["patient"] = [f"p{number // 2}" for number in range(len(cases))]
    row = comparison_table(build_samples(cases, [A, B]), SAMPLING).iloc[0]
    assert row["method"] == "bootstrap of patients, paired"
    assert row["mcnemar_reason"] == SEVERAL
    assert between_splits_table(build_samples(cases, [A]), 0.95)["reason"].tolist() == [SEVERAL]
    assert reclassification_table(build_samples(cases, [A, B]), 0.95)["estimate"].isna().all()


def test_sets_are_compared_by_delongs_unpaired_test_with_degrees_of_freedom() -> None:
    cases = cases_of({"train": 60, "internal": 40})
    row = between_splits_table(build_samples(cases, [A]), 0.95).iloc[0]
    test, training = (cases[cases["split"] == split] for split in ("internal", "train"))
    expected = unpaired_delong_test(
        test["label"], test["a__probability"], training["label"], training["a__probability"]
    )
    assert row[["difference", "df", "p"]].tolist() == pytest.approx(
        [expected.difference, expected.df, expected.p_welch]
    )
    assert row["auc"] == auc(test["label"], test["a__probability"])
    half = (row["upper"] - row["lower"]) / 2
    assert row["difference"] == pytest.approx((row["upper"] + row["lower"]) / 2)
    assert 2 * t.sf(half / expected.se, expected.df) == pytest.approx(0.05)
    assert row[["n", "n_against"]].tolist() == [40, 60]


def test_comparison_is_paired_and_says_when_nothing_can_be_said(cases: pd.DataFrame) -> None:
    row = comparison_table(build_samples(cases, [B, A]), SAMPLING).iloc[0]
    assert (row["model"], row["against"], row["difference"]) == ("b", "a", 0.25)
    one_class = cases.assign(label=0.0)
    row = comparison_table(build_samples(one_class, [B, A]), SAMPLING).iloc[0]
    assert np.isnan(row["difference"])
    assert row["reason"] == "only one class"
