"""Recalibration at a test site against the pure functions."""

import pytest

from sonomics.evaluate.accuracy.recalibration import recalibration_table, update_predictions
from sonomics.evaluate.samples.scored import build_samples
from sonomics.statistics.calibration.intercept_slope import recalibrate_at_site
from sonomics.statistics.calibration.probability_scores import brier
from tests.evaluate.hand_made import A, cases_of


def test_recalibration_is_cross_fitted_and_few_cases_say_so() -> None:
    cases = cases_of({"train": 30, "internal": 120})
    table = recalibration_table(build_samples(cases, [A]), 0.95, seed=1).set_index(["update", "statistic"])
    inside = cases[cases["split"] == "internal"]
    intercept, slope, test = recalibrate_at_site(inside["label"], inside["a__probability"])
    assert table.loc[("intercept_slope", "slope"), "estimate"] == pytest.approx(slope.estimate)
    assert table.loc[("intercept_slope", "intercept"), ["estimate", "p", "df"]].tolist() == pytest.approx(
        [intercept.estimate, test.p, 2]
    )
    frozen = brier(inside["label"], inside["a__probability"])
    assert table.loc[("none", "brier"), "estimate"] == pytest.approx(frozen)
    y, probability = inside["label"].to_numpy(), inside["a__probability"].to_numpy()
    apparent = brier(y, update_predictions(y, probability, probability, "intercept_slope"))
    assert apparent < table.loc[("intercept_slope", "brier"), "estimate"]
    few = recalibration_table(build_samples(cases_of({"internal": 12}), [A]), 0.95, seed=1)
    assert few["estimate"].isna().all()
    assert set(few["reason"]) == {"fewer than 10 cases of a class"}
