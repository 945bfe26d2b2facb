"""Sample size and power against the pure functions."""

import pytest

from sonomics.core.settings.evaluate import Power
from sonomics.evaluate.accuracy.comparisons import comparison_table
from sonomics.evaluate.cohort.power import power_table, supported_parameters
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.discrimination.auc_comparison import delong_test
from sonomics.statistics.planning.power import auc_power, log_rank_power
from sonomics.statistics.planning.sample_size import binary_size, r2_of_c
from tests.evaluate.hand_made import A, B, cases_of

SAMPLING = Sampling(0.95, 20, 1)


def test_as_many_parameters_as_the_patients_carry() -> None:
    r2 = r2_of_c(0.8, 0.3)
    most = supported_parameters(600, r2, 0.3)
    assert binary_size(most, r2, 0.3).n <= 600 < binary_size(most + 1, r2, 0.3).n
    assert supported_parameters(50, r2, 0.3) == 0


def test_power_rests_on_what_was_assumed_and_on_the_counts() -> None:
    cases = cases_of({"train": 100, "internal": 60}, events=True)
    samples = build_samples(cases, [A, B])
    assumed = Power.partial({"auc": 0.75, "hazard_ratio": 3.0, "candidates": 200})
    table = power_table(samples, comparison_table(samples, SAMPLING), assumed, 0.95, parameters=2).set_index(
        ["split", "question"]
    )
    test = cases[cases["split"] == "internal"]
    positives = int(test["label"].sum())
    found = table.loc["internal"]["value"]
    assert found["power_against_chance"] == pytest.approx(auc_power(0.75, positives, 60 - positives))
    least = found["least_auc_told_from_chance"]
    assert auc_power(least, positives, 60 - positives) == pytest.approx(0.8, abs=1e-4)
    assert found["power_of_log_rank"] == pytest.approx(log_rank_power(int(test["event"].sum()), 3.0))
    se = delong_test(test["label"], test["a__probability"], test["b__probability"]).se
    assert found["least_difference_of_auc"] == pytest.approx((1.959964 + 0.841621) * se, rel=1e-5)
    training = table.loc["train"]["value"]
    prevalence = cases[cases["split"] == "train"]["label"].mean()
    assert training["patients_for_all_candidates"] == binary_size(200, r2_of_c(0.75, prevalence), prevalence).n
    assert training["patients_for_the_last_step"] == binary_size(2, r2_of_c(0.75, prevalence), prevalence).n


def test_one_class_has_no_power_but_a_reason() -> None:
    cases = cases_of({"train": 30, "internal": 20}).assign(label=0.0)
    samples = build_samples(cases, [A, B])
    table = power_table(samples, comparison_table(samples, SAMPLING), Power.partial({}), 0.95, parameters=1)
    assert table["value"].isna().all()
    assert (table["reason"] != "").all()
