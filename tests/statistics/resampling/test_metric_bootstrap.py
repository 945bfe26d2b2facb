import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    observed_to_expected,
)
from sonomics.statistics.calibration.probability_scores import brier, log_loss, scaled_brier
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.classification.confusion import count_confusion, summarise_confusion
from sonomics.statistics.clinical_utility.decision_curve import net_benefit
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.resampling.bootstrap import resample_weights
from sonomics.statistics.resampling.metric_bootstrap import bootstrap_calibration, bootstrap_metrics

CUTOFF, THRESHOLD = 0.4, 0.2


def one_by_one(y, p):
    found = summarise_confusion(count_confusion(y, p, CUTOFF))
    shares = {name: getattr(found, name).estimate for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy")}
    names = ("f1", "balanced_accuracy", "youden", "mcc", "kappa", "lr_pos", "lr_neg")
    return (
        shares
        | {name: getattr(found, name) for name in names}
        | {
            "auc": auc(y, p),
            "brier": brier(y, p),
            "scaled_brier": scaled_brier(y, p),
            "log_loss": log_loss(y, p),
            "observed_to_expected": observed_to_expected(y, p),
            "calibration_intercept": calibration_in_the_large(y, p).estimate,
            "calibration_slope": calibration_slope(y, p).estimate,
            "ici": loess_errors(y, p).ici,
            f"net_benefit_{THRESHOLD}": net_benefit(y, p, [THRESHOLD])["model"].item(),
        }
    )


def test_every_measure_of_every_resample_is_the_plain_one():
    generator = np.random.default_rng(1)
    groups = np.repeat(np.arange(60), 2)
    p = generator.uniform(0.02, 0.98, 120)
    y = (generator.uniform(size=120) < p).astype(int)
    got = bootstrap_metrics(y, p, CUTOFF, groups, 8, 5, [THRESHOLD])
    estimates = one_by_one(y, p)
    draws = [
        one_by_one(np.repeat(y, row), np.repeat(p, row))
        for weights in resample_weights(groups, 8, 5)
        for row in weights
    ]
    assert set(got.index) == set(estimates)
    for name, row in got.iterrows():
        values = [draw[name] for draw in draws]
        assert row["estimate"] == pytest.approx(estimates[name]), name
        assert [row["lower"], row["upper"]] == pytest.approx(np.quantile(values, [0.025, 0.975])), name
        assert row["used"] == 8


def test_undefined_measures_say_so_and_the_others_go_on():
    y = np.repeat([0, 1], 10)
    got = bootstrap_metrics(y, np.linspace(0.1, 0.9, 20), float("nan"), np.arange(20), 20, 3)
    assert np.isnan(got.loc["sensitivity", "estimate"])
    assert got.loc["sensitivity", "reason"] == "undefined on the data themselves"
    assert np.isnan(got.loc["calibration_slope", "estimate"])
    assert got.loc["auc", "estimate"] == 1
    constant = bootstrap_metrics(y, np.full(20, 0.3), 0.5, np.arange(20), 20, 3)
    assert np.isnan(constant.loc[["calibration_slope", "ici", "ppv"], "estimate"]).all()
    assert constant.loc["brier", "used"] == 20


def test_resamples_of_one_class_are_skipped_and_counted():
    got = bootstrap_metrics([0, 0, 0, 1], [0.1, 0.2, 0.3, 0.9], 0.5, np.arange(4), 50, 3)
    assert 0 < got.loc["auc", "skipped"] < 50
    assert got.loc["auc", "used"] + got.loc["auc", "skipped"] == 50


def test_calibration_alone_is_that_of_all_measures():
    random = np.random.default_rng(0)
    probability = random.random(60)
    y, groups = (random.random(60) < probability).astype(float), random.integers(25, size=60)
    alone = bootstrap_calibration(y, probability, groups, 30, 2)
    everything = bootstrap_metrics(y, probability, 0.5, groups, 30, 2)
    pd.testing.assert_frame_equal(alone, everything.loc[alone.index])
