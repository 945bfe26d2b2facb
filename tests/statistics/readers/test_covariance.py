import numpy as np
import pytest

from sonomics.statistics.classification.proportion import clustered_proportion
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.readers.covariance import (
    clustered_share_covariance,
    jackknife_auc_covariance,
    jackknife_share_covariance,
)


def test_shares_of_patients_with_one_case_have_the_jackknifes_covariance():
    hits = np.random.default_rng(5).integers(0, 2, (3, 15))
    shares, covariance = clustered_share_covariance(hits, np.arange(15))
    expected_shares, expected = jackknife_share_covariance(hits)
    assert shares == pytest.approx(expected_shares)
    assert covariance == pytest.approx(expected)


def test_cases_of_a_patient_count_together_in_the_covariance_of_shares():
    hits = np.random.default_rng(6).integers(0, 2, (2, 12))
    twice = np.repeat(hits, 2, axis=1)
    shares, covariance = clustered_share_covariance(twice, np.repeat(np.arange(12), 2))
    assert covariance == pytest.approx(clustered_share_covariance(hits, np.arange(12))[1])
    assert shares[0] == pytest.approx(clustered_proportion(twice[0], np.repeat(np.arange(12), 2)).estimate)
    assert covariance[0, 0] == pytest.approx(clustered_proportion(twice[0], np.repeat(np.arange(12), 2)).se ** 2)
    assert np.isnan(clustered_share_covariance(hits, np.zeros(12))[1]).all()
    assert np.isnan(clustered_share_covariance(hits[:, :0], np.zeros(0))[0]).all()


def test_jackknife_of_areas_leaves_out_one_case_at_a_time():
    generator = np.random.default_rng(2)
    y = np.repeat([0, 1], [7, 5])
    scores = generator.integers(0, 6, (3, 12)) + y
    aucs, covariance = jackknife_auc_covariance(y, scores)
    without = np.array([[auc(np.delete(y, k), np.delete(row, k)) for k in range(12)] for row in scores])
    centred = without - without.mean(axis=1, keepdims=True)
    assert aucs == pytest.approx([auc(y, row) for row in scores])
    assert covariance == pytest.approx(11 / 12 * centred @ centred.T)


def test_jackknife_of_a_share_is_its_binomial_variance():
    shares, covariance = jackknife_share_covariance([[1, 0, 1, 1]])
    assert shares.tolist() == [0.75]
    assert covariance.item() == pytest.approx(0.75 * 0.25 / 3)
