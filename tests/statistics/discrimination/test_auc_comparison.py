import numpy as np
import pytest

from sonomics.statistics.discrimination.auc import auc_interval, delong_covariance
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test


def test_unpaired_difference_is_that_of_the_areas(paired):
    one, two = paired["train"], paired["test"]
    got = unpaired_delong_test(one["y"], one["model_a"], two["y"], two["model_a"])
    a, b = auc_interval(one["y"], one["model_a"]), auc_interval(two["y"], two["model_a"])
    assert got.difference == pytest.approx(a.estimate - b.estimate)
    assert got.se == pytest.approx(np.hypot(a.se, b.se))
    assert got.lower < got.difference < got.upper
    assert got.p_welch > got.p


def test_unpaired_difference_of_one_class_says_so():
    got = unpaired_delong_test([1, 1], [1, 2], [0, 1, 1, 0], [1, 2, 3, 4])
    assert np.isnan(got.p)
    assert got.reason == "only one class"


@pytest.mark.parametrize("part", ["all", "train", "test"])
def test_paired_delong_test_equals_r(oracle, paired, part):
    rows = paired[part]
    got = delong_test(rows["y"], rows["model_a"], rows["model_b"])
    _, covariance = delong_covariance(rows["y"], rows[["model_a", "model_b"]].to_numpy().T)
    values = {"diff_a_minus_b": got.difference, "se": got.se, "z": got.z, "p": got.p, "ci": [got.lower, got.upper]}
    oracle.check(f"roc.{part}.delong_paired", values | {"cov": covariance[0, 1]})


def test_equal_ranks_have_no_p_value():
    y, score = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.3, 0.5, 0.2, 0.9])
    got = delong_test(y, score, np.exp(score))
    assert got.difference == 0
    assert np.isnan(got.p)
    assert got.reason == "the difference has no variance"
