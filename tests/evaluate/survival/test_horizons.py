"""The probabilities of a survival task at its horizons."""

import numpy as np
import pandas as pd
import pytest

from sonomics.evaluate.survival.task import survival_task_tables
from sonomics.statistics.survival.horizon import ipcw_brier
from tests.evaluate.other_kinds import survival_cases, survival_context


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return survival_task_tables(survival_context())


def test_brier_scores_are_those_of_the_models_own_probabilities(tables):
    cases = survival_cases()
    cases = cases[cases["split"] == "internal"]
    expected = ipcw_brier(cases["time"], cases["event"], cases["b__probability__24"], 24)
    row = tables["task_horizons"].query(
        "model == 'b' and split == 'internal' and horizon == 24 and statistic == 'brier'"
    )
    assert row["estimate"].item() == pytest.approx(expected)
    assert row["lower"].item() < expected < row["upper"].item()


def test_the_integrated_score_has_an_interval_for_the_primary_model_alone(tables):
    table = tables["task_horizons"].query("statistic == 'integrated_brier'").set_index(["model", "split"])
    assert (table.loc["a", "lower"] < table.loc["a", "estimate"]).all()
    assert table.loc["b", "lower"].isna().all()
    assert (table.loc["a", "estimate"] < table.loc["b", "estimate"]).all()
    assert (table["horizon"] == 24).all()


def test_fifths_of_the_risk_are_compared_with_kaplan_meier(tables):
    groups = tables["task_calibration"].query("split == 'train' and horizon == 12")
    assert groups["n"].sum() == 90
    assert groups["predicted"].is_monotonic_increasing
    assert (groups["lower"] <= groups["observed"]).all()


def test_the_band_of_the_decision_curve_holds_the_curve(tables):
    curve = tables["task_decision"]
    assert (curve["lower"] <= curve["net_benefit"]).all()
    assert (curve["net_benefit"] <= curve["upper"]).all()
    assert set(curve["horizon"]) == {12, 24}


def test_a_set_followed_for_less_than_a_horizon_is_not_estimable():
    cases = survival_cases()
    short = cases["split"] == "internal"
    cases.loc[short & (cases["time"] > 15), "event"] = 0.0
    cases.loc[short, "time"] = cases.loc[short, "time"].clip(upper=15)
    cases["label"] = cases["event"]
    tables = survival_task_tables(survival_context(cases))
    rows = tables["task_horizons"].query("split == 'internal' and horizon == 24")
    assert rows["estimate"].isna().all()
    assert (rows["reason"] != "").all()
    assert set(tables["task_decision"].query("split == 'internal'")["horizon"]) == {12}


def test_follow_up_is_counted_in_events_and_time(tables):
    row = tables["performance"].set_index(["model", "split", "statistic"]).sort_index().loc["a", "train"]
    cases = survival_cases().query("split == 'train'")
    assert row.loc["auc", "positives"] == cases["event"].sum()
    assert row.loc["person_time", "estimate"] == pytest.approx(cases["time"].sum())
    assert np.isfinite(row.loc["median_follow_up", "estimate"])
