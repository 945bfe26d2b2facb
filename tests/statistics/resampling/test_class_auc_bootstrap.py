"""AUCs of several classes with intervals over patients."""

import numpy as np
import pytest

from sonomics.statistics.classification.multiclass import class_aucs
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.statistics.resampling.bootstrap import bootstrap_auc_difference, bootstrap_statistic
from sonomics.statistics.resampling.class_auc_bootstrap import bootstrap_class_aucs, bootstrap_mean_auc_difference


def draw(n: int = 80, seed: int = 0):
    random = np.random.default_rng(seed)
    codes = random.integers(3, size=n)
    values = np.exp(random.normal(size=(n, 3)) + 1.2 * np.eye(3)[codes])
    return codes, values / values.sum(axis=1, keepdims=True), random.integers(30, size=n)


def test_areas_agree_with_those_without_resampling():
    codes, values, groups = draw()
    table = bootstrap_class_aucs(codes, values, groups, 20, 1).set_index("measure")
    expected = class_aucs(codes, values, [0, 1, 2])
    assert table.loc["rest", "estimate"].tolist() == pytest.approx(expected.classes["auc"].tolist())
    means = [table.loc[name, "estimate"] for name in ("mean_rest", "weighted_rest", "hand_till")]
    assert means == pytest.approx([expected.macro, expected.weighted, expected.hand_till])


def test_resamples_are_those_of_the_plain_bootstrap():
    codes, values, groups = draw()
    found = bootstrap_class_aucs(codes, values, groups, 30, 7).set_index("measure").loc["mean_rest"]
    plain = bootstrap_statistic(lambda rows: mean_auc(codes[rows], values[rows], [0, 1, 2]), groups, 30, 7)
    assert (found["lower"], found["upper"], found["se"]) == pytest.approx((plain.lower, plain.upper, plain.se))


def test_the_difference_of_two_classes_is_that_of_a_binary_label():
    codes, values, groups = draw()
    of_two, first = (codes == 1).astype(int), values[:, 1]
    second = np.random.default_rng(5).random(len(first))
    wide = [np.column_stack([1 - value, value]) for value in (first, second)]
    found = bootstrap_mean_auc_difference(of_two, *wide, groups, 50, 3)
    assert found == pytest.approx(bootstrap_auc_difference(of_two, first, second, groups, 50, 3))


def test_a_class_that_does_not_occur_is_left_out_of_the_means():
    codes, values, groups = draw()
    codes = np.where(codes == 2, 0, codes)
    table = bootstrap_class_aucs(codes, values, groups, 10, 1)
    absent = table.query("measure == 'rest' and first == 2")
    assert absent["estimate"].isna().all()
    assert absent["reason"].tolist() == ["a class does not occur"]
    mean = table.query("measure == 'mean_rest'")["estimate"].item()
    assert mean == pytest.approx(mean_auc(codes, values, [0, 1, 2]))


def test_a_class_without_a_column_is_refused():
    with pytest.raises(ValueError, match="has no column"):
        bootstrap_class_aucs([0, 3], np.full((2, 3), 1 / 3), [0, 1], 10, 1)
