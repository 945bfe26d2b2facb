import numpy as np
import pytest

from sonomics.statistics.clinical_utility.decision_curve import net_benefit_band
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.resampling import bootstrap
from sonomics.statistics.resampling.bootstrap import (
    bootstrap_auc,
    bootstrap_auc_difference,
    bootstrap_statistic,
    resample_weights,
    summarise_draws,
    weighted_aucs,
)
from sonomics.statistics.resampling.metric_bootstrap import bootstrap_metrics


def test_percentiles_of_given_resamples_equal_r(oracle, paired):
    rows = paired["all"]
    drawn = oracle.table("boot_patients").to_numpy() - 1
    weights = np.stack([np.bincount(one, minlength=len(rows)) for one in drawn])
    a, b = (weighted_aucs(rows["y"], rows[model], weights) for model in ("model_a", "model_b"))
    aucs = [auc(rows["y"], rows[model]) for model in ("model_a", "model_b")]
    of_a, of_b = summarise_draws(aucs[0], a), summarise_draws(aucs[1], b)
    difference = summarise_draws(aucs[0] - aucs[1], a - b)
    oracle.check(
        "roc.bootstrap_given_indices",
        {
            "n_resamples": of_a.used,
            "auc_a_mean": a.mean(),
            "auc_a_sd": of_a.se,
            "auc_a_ci": [of_a.lower, of_a.upper],
            "auc_b_ci": [of_b.lower, of_b.upper],
            "diff_a_minus_b_ci": [difference.lower, difference.upper],
            "diff_sd": difference.se,
        },
    )


def test_p_value_is_the_normal_one_of_the_given_resamples(oracle, paired, monkeypatch):
    rows = paired["all"]
    drawn = oracle.table("boot_patients").to_numpy() - 1
    weights = np.stack([np.bincount(one, minlength=len(rows)) for one in drawn])
    monkeypatch.setattr(bootstrap, "resample_weights", lambda *_: iter([weights[:70], weights[70:]]))
    got = bootstrap_auc_difference(rows["y"], rows["model_a"], rows["model_b"], rows["patient_id"], 200, seed=1)
    oracle.check("roc.bootstrap_given_indices", {"p_two_sided_normal": got.p, "diff_sd": got.se})


def test_weighted_auc_is_the_auc_of_repeated_rows():
    generator = np.random.default_rng(4)
    y, score = generator.integers(0, 2, 25), generator.integers(0, 6, 25)
    weights = generator.integers(0, 4, (30, 25))
    expected = [auc(np.repeat(y, one), np.repeat(score, one)) for one in weights]
    np.testing.assert_allclose(weighted_aucs(y, score, weights), expected, rtol=1e-12)


def test_rows_of_a_patient_are_drawn_together():
    groups = np.array(["b", "a", "b", "c", "a"])
    weights = np.concatenate(list(resample_weights(groups, 50, seed=3)))
    assert weights.shape == (50, 5)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_array_equal(weights[:, 1], weights[:, 4])
    np.testing.assert_array_equal(weights[:, [0, 1, 3]].sum(axis=1), 3)


def test_draws_do_not_depend_on_the_block_size(monkeypatch):
    groups = np.arange(40)
    whole = np.concatenate(list(resample_weights(groups, 33, seed=9)))
    monkeypatch.setattr(bootstrap, "_BLOCK_CELLS", 7 * 40)
    np.testing.assert_array_equal(np.concatenate(list(resample_weights(groups, 33, seed=9))), whole)


def test_vectorised_and_generic_form_agree(paired):
    rows = paired["test"]
    y, score = rows["y"].to_numpy(), rows["model_b"].to_numpy()
    fast = bootstrap_auc(y, score, rows["patient_id"], 60, seed=5)
    slow = bootstrap_statistic(lambda drawn: auc(y[drawn], score[drawn]), rows["patient_id"], 60, seed=5)
    assert fast == pytest.approx(slow)
    assert fast.lower < fast.estimate < fast.upper


def test_single_class_resamples_are_skipped_and_counted():
    y, score = [1, 0, 0, 0, 0], [0.2, 0.5, 0.3, 0.1, 0.4]
    drawn = np.concatenate(list(resample_weights(range(5), 400, seed=2)))
    got = bootstrap_auc_difference(y, score, np.negative(score), range(5), 400, seed=2)
    assert got.skipped == int(((drawn[:, 0] == 0) | (drawn[:, 0] == 5)).sum())
    assert 0 < got.skipped < 400
    assert got.used + got.skipped == 400
    assert got.auc_a == 0.25


def test_identical_scores_have_no_p_value():
    got = bootstrap_auc_difference([0, 1, 0, 1], [1, 2, 3, 4], [1, 2, 3, 4], range(4), 50, seed=1)
    assert got.difference == 0
    assert np.isnan(got.p)
    assert got.reason


def test_one_class_is_not_estimable():
    got = bootstrap_auc([1, 1, 1], [1, 2, 3], range(3), 20, seed=1)
    assert np.isnan([got.estimate, got.lower, got.upper]).all()
    assert got.skipped == 20
    assert got.reason


def test_nothing_to_resample_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        list(resample_weights([], 10, seed=1))


def test_a_single_patient_has_no_interval():
    y, score, patient = [0, 1, 1], [0.1, 0.8, 0.05], np.zeros(3)
    got = bootstrap_auc(y, score, patient, 20, 1)
    assert (got.estimate, got.used) == (0.5, 0)
    assert np.isnan([got.lower, got.upper, got.se]).all()
    assert got.reason
    measures = bootstrap_metrics(y, score, 0.5, patient, 20, 1, [0.1])
    assert measures["lower"].isna().all()
    assert net_benefit_band(y, score, [0.1], patient, 20, 1)[["lower", "upper"]].isna().all(axis=None)
