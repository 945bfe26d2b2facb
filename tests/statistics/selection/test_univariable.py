import numpy as np
import pytest
from scipy.stats import f_oneway

from sonomics.statistics.comparison.group_tests import welch_t
from sonomics.statistics.selection.univariable import f_statistics, mann_whitney_by_feature, welch_by_feature


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    y = np.arange(60) % 2
    strong = y + random.normal(0, 0.5, 60)
    copy = strong + random.normal(0, 0.05, 60)
    other = y + random.normal(0, 0.5, 60)
    noise = random.normal(size=60)
    return np.column_stack([strong, copy, other, noise]), y


def test_mann_whitney_equals_r(oracle, train):
    y, features, names = train
    for name, u, p in zip(names, *mann_whitney_by_feature(features, y), strict=True):
        oracle.check(f"features.mann_whitney_train.{name}", {"U_pos": u, "p": p})


def test_untestable_features_are_nan_and_spoil_no_other():
    generator = np.random.default_rng(0)
    y, features = np.repeat([0, 1], 10), generator.normal(size=(20, 4))
    alone = mann_whitney_by_feature(features[:, [0]], y)[1]
    features[:, 1], features[3, 2] = 7.0, np.nan
    u, p = mann_whitney_by_feature(features, y)
    assert np.isnan(u).tolist() == np.isnan(p).tolist() == [False, True, True, False]
    assert p[0] == alone
    assert np.isnan(mann_whitney_by_feature(features, np.ones(20))[1]).all()


def test_welch_equals_the_t_test_of_each_feature(train):
    y, features, _ = train
    for column, t, p in zip(features.T, *welch_by_feature(features, y), strict=True):
        expected = welch_t(column[y == 1], column[y == 0])
        assert (t, p) == pytest.approx((expected.statistic, expected.p))


def test_welch_is_undefined_where_a_class_has_one_row_and_certain_where_classes_are_constant():
    y = np.repeat([0, 1], 5)
    features = np.column_stack([np.ones(10), y, np.arange(10.0), np.where(np.arange(10) == 3, np.nan, y)])
    t, p = welch_by_feature(features, y)
    assert np.isnan(t).tolist() == np.isnan(p).tolist() == [True, False, False, True]
    assert (t[1], p[1]) == (np.inf, 0)
    assert np.isnan(welch_by_feature(features, [0] * 9 + [1])).all()


def test_f_equals_scipys(data):
    features, y = data
    assert f_statistics(features, y) == pytest.approx(f_oneway(features[y == 1], features[y == 0]).statistic)
