import numpy as np
import pytest

from sonomics.statistics.clinical_utility.decision_curve import (
    net_benefit,
    net_benefit_band,
    percent_thresholds,
    survival_net_benefit,
    survival_net_benefit_band,
)
from sonomics.statistics.resampling.bootstrap import bootstrap_statistic


def test_net_benefit_equals_r(oracle, paired):
    rows = paired["all"]
    thresholds = oracle["dca_binary_all.thresholds"]
    a = net_benefit(rows["y"], rows["model_a"], thresholds)
    b = net_benefit(rows["y"], rows["model_b"], thresholds)
    oracle.check(
        "dca_binary_all",
        {
            "thresholds": a["threshold"],
            "treat_all": a["treat_all"],
            "treat_none": a["treat_none"],
            "model_a": a["model"],
            "model_b": b["model"],
            "model_b_interventions_avoided_per_100": b["avoided_per_100"],
        },
    )


def test_thresholds_are_literals():
    percents = percent_thresholds(1, 99)
    assert percents[14] == 0.15
    assert len(percents) == 99
    # A score of exactly 0.15 is treated at 15 %.
    assert net_benefit([1], [0.15], percents[[14]])["model"].item() == 1


def test_band_follows_the_patients(paired):
    rows = paired["all"]
    once = net_benefit_band(rows["y"], rows["model_b"], [0.2, 0.5], rows["patient_id"], 400, seed=1)
    estimate = net_benefit(rows["y"], rows["model_b"], [0.2, 0.5])["model"]
    assert ((once["lower"] < estimate) & (estimate < once["upper"])).all()
    twice = [np.repeat(rows[column].to_numpy(), 2) for column in ("y", "model_b", "patient_id")]
    doubled = net_benefit_band(twice[0], twice[1], [0.2, 0.5], twice[2], 400, seed=1)
    np.testing.assert_allclose(doubled, once, rtol=1e-12)


def test_nobody_to_treat_is_not_estimable():
    assert np.isnan(net_benefit([], [], [0.5])["model"]).all()


@pytest.mark.parametrize("threshold", [0.0, 1.0, np.nan])
def test_a_threshold_outside_the_open_interval_is_refused(threshold):
    with pytest.raises(ValueError, match="strictly between"):
        net_benefit([0, 1], [0.2, 0.8], [threshold])


def test_the_survival_band_is_that_of_the_plain_bootstrap():
    random = np.random.default_rng(0)
    time, event = random.integers(1, 30, 50).astype(float), random.integers(0, 2, 50)
    risk, groups, cuts = random.random(50), random.integers(20, size=50), [0.1, 0.4, 0.7]
    found = survival_net_benefit_band(time, event, risk, 12, cuts, groups, 40, 3)
    for place, cut in enumerate(cuts):

        def benefit(rows: np.ndarray, cut: float = cut) -> float:
            return float(survival_net_benefit(time[rows], event[rows], risk[rows], 12, [cut])["model"].iloc[0])

        plain = bootstrap_statistic(benefit, groups, 40, 3)
        assert found.loc[place, ["lower", "upper"]].tolist() == pytest.approx([plain.lower, plain.upper])


def test_a_survival_band_is_unknown_beyond_the_follow_up():
    band = survival_net_benefit_band([1.0, 2.0, 3.0], [1, 0, 0], [0.2, 0.5, 0.9], 12, [0.1], [0, 1, 2], 20, 1)
    assert band[["lower", "upper"]].isna().all(axis=None)
