"""Comparisons of models, sets and runs against the pure functions they come from."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from sonomics.core.errors import StudyError
from sonomics.evaluate.accuracy.comparisons import between_splits, comparison_table
from sonomics.evaluate.accuracy.recalibration import recalibration_table, updated
from sonomics.evaluate.accuracy.reclassification import reclassification_table
from sonomics.evaluate.entries import Sampling
from sonomics.evaluate.robustness.variants import sensitivity_table
from sonomics.statistics.calibration.intercept_slope import site_recalibration
from sonomics.statistics.calibration.probability_scores import brier
from sonomics.statistics.clinical_utility.reclassification import categorical_nri, idi
from sonomics.statistics.comparison.mcnemar import mcnemar_counts
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test
from tests.evaluate.hand_made import A, B, cases_of

SAMPLING = Sampling(0.95, 50, 1)
SEVERAL = "a patient has several cases, which the test takes for independent"


def test_decisions_are_compared_by_mcnemar_and_p_adjusted_within_a_split() -> None:
    cases = cases_of({"train": 60, "internal": 50})
    cases["c__probability"] = np.random.default_rng(3).random(len(cases))
    third = B.__class__("c", 0.5, "probability", "youden")
    table = comparison_table(cases, A, [B, third], SAMPLING)
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
    row = comparison_table(cases, A, [B], SAMPLING).iloc[0]
    assert row["method"] == "bootstrap of patients, paired"
    assert row["mcnemar_reason"] == SEVERAL
    assert between_splits(cases, [A], 0.95)["reason"].tolist() == [SEVERAL]
    assert reclassification_table(cases, A, [B], 0.95)["estimate"].isna().all()


def test_sets_are_compared_by_delongs_unpaired_test_with_degrees_of_freedom() -> None:
    cases = cases_of({"train": 60, "internal": 40})
    row = between_splits(cases, [A], 0.95).iloc[0]
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


def test_reclassification_equals_the_pure_functions_and_warns() -> None:
    cases = cases_of({"internal": 60})
    table = reclassification_table(cases, A, [B], 0.95).set_index("statistic")
    y, old, new = cases["label"], cases["b__probability"], cases["a__probability"]
    nri = categorical_nri(y, old, new, [0.5])
    assert table.loc["nri_categorical", ["estimate", "events", "nonevents"]].tolist() == pytest.approx(
        [nri.nri, nri.events, nri.nonevents]
    )
    assert table.loc["idi", "estimate"] == pytest.approx(idi(y, old, new).idi)
    assert "Kerr 2014" in table.loc["nri_continuous", "method"]


def test_recalibration_is_cross_fitted_and_few_cases_say_so() -> None:
    cases = cases_of({"train": 30, "internal": 120})
    table = recalibration_table(cases, [A], 0.95, seed=1).set_index(["update", "statistic"])
    inside = cases[cases["split"] == "internal"]
    intercept, slope, test = site_recalibration(inside["label"], inside["a__probability"])
    assert table.loc[("intercept_slope", "slope"), "estimate"] == pytest.approx(slope.estimate)
    assert table.loc[("intercept_slope", "intercept"), ["estimate", "p", "df"]].tolist() == pytest.approx(
        [intercept.estimate, test.p, 2]
    )
    frozen = brier(inside["label"], inside["a__probability"])
    assert table.loc[("none", "brier"), "estimate"] == pytest.approx(frozen)
    y, probability = inside["label"].to_numpy(), inside["a__probability"].to_numpy()
    apparent = brier(y, updated(y, probability, probability, "intercept_slope"))
    assert apparent < table.loc[("intercept_slope", "brier"), "estimate"]
    few = recalibration_table(cases_of({"internal": 12}), [A], 0.95, seed=1)
    assert few["estimate"].isna().all()
    assert set(few["reason"]) == {"fewer than 10 cases of a class"}


def predictions(cases: pd.DataFrame, values: pd.Series, **more: object) -> pd.DataFrame:
    fold = np.where(cases["split"] == "train", "0", "all")
    about = {"image": "", "model": "a", "kind": "probability", "fold": fold, "value": values, **more}
    return cases[["patient", "case", "split"]].assign(**about)


def test_another_run_is_compared_on_the_cases_both_have_scored() -> None:
    cases = cases_of({"train": 40, "internal": 30})
    values = cases["b__probability"].where(cases.index != cases.index[-1])
    table = sensitivity_table(cases, A, {"uncropped": predictions(cases, values)}, SAMPLING)
    row = table[table["split"] == "internal"].iloc[0]
    both = cases[(cases["split"] == "internal") & values.notna()]
    expected = delong_test(both["label"], both["a__probability"], both["b__probability"])
    assert (row["difference"], row["p"], row["n"]) == pytest.approx((expected.difference, expected.p, 29))
    assert row["auc_variant"] == pytest.approx(expected.auc_b)
    with pytest.raises(StudyError, match="a model z"):
        sensitivity_table(cases, A, {"other": predictions(cases, values, model="z")}, SAMPLING)
