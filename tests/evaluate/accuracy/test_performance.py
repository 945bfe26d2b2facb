"""Performance against hand-computed values."""

import numpy as np
import pandas as pd
import pytest

from sonomics.evaluate.accuracy.performance import performance_table
from sonomics.evaluate.samples.models import model_from
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.classification.proportion import clustered_proportion
from tests.evaluate.hand_made import A, B, cohort_of, join, predictions_of

SAMPLING = Sampling(level=0.95, resamples=20, seed=1)


def statistic(table: pd.DataFrame, name: str, model: str = "a") -> pd.Series:
    return table[(table["model"] == model) & (table["statistic"] == name)].iloc[0]


def test_performance_equals_hand_computed_values(cases: pd.DataFrame) -> None:
    table = performance_table(build_samples(cases, [A, B]), SAMPLING)
    # Pairs won by a positive over 0.7 and 0.2: 0.9 and 0.8 both, 0.6 and 0.3 one each: 6 of 8.
    assert statistic(table, "auc")["estimate"] == 0.75
    assert statistic(table, "auc", "b")["estimate"] == 1
    counts = [statistic(table, name)["estimate"] for name in ("tp", "fp", "tn", "fn")]
    assert counts == [3, 1, 1, 1]
    measures = {"sensitivity": 3 / 4, "specificity": 1 / 2, "ppv": 3 / 4, "npv": 1 / 2, "accuracy": 4 / 6, "f1": 6 / 8}
    for name, value in measures.items():
        assert statistic(table, name)["estimate"] == pytest.approx(value), name
    assert statistic(table, "mcc")["estimate"] == pytest.approx((3 * 1 - 1 * 1) / np.sqrt(4 * 4 * 2 * 2))
    squares = [0.1, 0.2, 0.4, 0.7, 0.7, 0.2]
    assert statistic(table, "brier")["estimate"] == pytest.approx(np.mean(np.square(squares)))
    assert statistic(table, "unknown_label")["estimate"] == 1
    assert statistic(table, "unscored")["estimate"] == 1
    assert set(table["n"]) == {6}
    assert set(table["positives"]) == {4}
    assert set(table["unit"]) == {"patient"}


def test_every_undefined_statistic_has_a_reason() -> None:
    cohort = cohort_of(["benign"] * 3)
    table = performance_table(build_samples(join(cohort, predictions_of(cohort, "a", [0.1, 0.2, 0.3])), [A]), SAMPLING)
    undefined = table[table["estimate"].isna()]
    assert {"auc", "sensitivity", "ppv", "mcc", "calibration_slope"} <= set(undefined["statistic"])
    assert (undefined["reason"] != "").all()
    assert statistic(table, "specificity")["estimate"] == 1


def test_a_threshold_that_was_not_estimable_leaves_no_operating_point(cases: pd.DataFrame) -> None:
    frozen = model_from("a", {"cutoff": None, "on": "probability", "rule": "youden"})
    table = performance_table(build_samples(cases, [frozen]), SAMPLING)
    assert np.isnan(statistic(table, "sensitivity")["estimate"])
    assert "threshold" in statistic(table, "sensitivity")["reason"]
    assert "not estimable" in statistic(table, "threshold")["reason"]
    assert statistic(table, "auc")["estimate"] == 0.75


def test_a_patient_with_several_cases_is_resampled_whole() -> None:
    cohort = cohort_of(["malignant"] * 10 + ["benign"] * 10)
    cohort["patient"] = [f"P{number // 2}" for number in range(20)]
    values = np.linspace(0.9, 0.1, 20) + np.tile([0.05, -0.05], 10)
    table = performance_table(build_samples(join(cohort, predictions_of(cohort, "a", list(values))), [A]), SAMPLING)
    assert statistic(table, "auc")["method"] == "bootstrap of patients"
    assert set(table["unit"]) == {"case"}


def test_the_share_of_the_best_possible_is_counted_from_chance() -> None:
    cohort = cohort_of(["malignant"] * 2 + ["benign"] * 2)
    planted = pd.Series([4.0, 3.0, 2.0, 1.0], index=cohort["case"])
    scored = join(cohort, predictions_of(cohort, "a", [0.9, 0.4, 0.5, 0.1]), planted)
    table = performance_table(build_samples(scored, [A]), SAMPLING)
    assert statistic(table, "best_possible")["estimate"] == 1
    assert statistic(table, "share_of_best")["estimate"] == pytest.approx((0.75 - 0.5) / 0.5)


def test_several_cases_of_a_patient_leave_no_interval_of_independent_cases() -> None:
    cohort = cohort_of(["malignant", "benign"] * 20, patient=np.repeat([f"p{number}" for number in range(20)], 2))
    values = np.random.default_rng(4).random(40) * 0.8 + 0.2 * (cohort["pathology"] == "malignant")
    table = performance_table(build_samples(join(cohort, predictions_of(cohort, "a", values.tolist())), [A]), SAMPLING)
    called, positive = values >= A.cutoff, cohort["pathology"] == "malignant"
    hits = {"sensitivity": called[positive], "specificity": ~called[~positive], "accuracy": called == positive}
    hits |= {"ppv": positive[called], "npv": ~positive[~called]}
    for name, hit in hits.items():
        row = statistic(table, name)
        expected = clustered_proportion(hit, cohort["patient"][hit.index])
        assert row["method"] == "Wald, cluster-robust by patient"
        assert row[["estimate", "lower", "upper"]].tolist() == pytest.approx(
            [expected.estimate, expected.lower, expected.upper]
        )
        exact = statistic(table, f"{name}_exact")
        assert np.isnan(exact["lower"])
        assert "independent" in exact["reason"]
    for name in ("calibration_intercept", "calibration_slope"):
        assert statistic(table, name)["method"].startswith("bootstrap of patients")


def test_all_right_in_patients_of_several_cases_is_no_certainty() -> None:
    cohort = cohort_of(["malignant"] * 8 + ["benign"] * 8, patient=np.repeat([f"p{number}" for number in range(8)], 2))
    perfect = predictions_of(cohort, "a", [0.9] * 7 + [0.8] + [0.1] * 8)
    row = statistic(performance_table(build_samples(join(cohort, perfect), [A]), SAMPLING), "sensitivity")
    assert row["estimate"] == 1
    assert np.isnan(row["lower"])
    assert row["reason"] == "all are alike, so that the interval by patient has no width"


def test_one_value_for_all_is_one_half_without_an_interval() -> None:
    cohort = cohort_of(["malignant"] * 6 + ["benign"] * 6, split="train")
    table = performance_table(build_samples(join(cohort, predictions_of(cohort, "a", [0.4] * 12)), [A]), SAMPLING)
    for name in ("auc", "auc_logit", "auc_bootstrap"):
        row = statistic(table, name)
        assert row["estimate"] == 0.5
        assert np.isnan([row["lower"], row["upper"]]).all()
        assert row["reason"] == "all cases have one value"
    test = statistic(table, "hosmer_lemeshow")
    assert np.isnan([test["estimate"], test["df"], test["p"]]).all()
    assert test["reason"] == "fewer than three groups"
