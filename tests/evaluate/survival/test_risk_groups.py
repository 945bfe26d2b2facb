"""Risk groups by hand."""

import pytest

from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.survival.risk_groups import cases_at_risk, kaplan_meier_table, risk_group_table
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_follow_up_tables_count_risk_groups_and_numbers_at_risk() -> None:
    cohort = cohort_of(["malignant"] * 3 + ["benign"] * 3, time=[1.0, 2, 3, 4, 5, 6], event=[1.0, 1, 0, 1, 0, 0])
    scored = join(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.7, 0.3, 0.2, 0.1]))
    at_risk = cases_at_risk(build_samples(scored, [A]))
    row = risk_group_table(at_risk, 0.95).iloc[0]
    assert row[["n_high", "events_high", "n_low", "events_low"]].tolist() == [3, 2, 3, 1]
    curve = kaplan_meier_table(at_risk, 0.95)
    high = curve[curve["group"] == "high"]
    assert high["at_risk"].tolist() == [3, 3, 2, 1]
    assert high["survival"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])
