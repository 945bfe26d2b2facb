import numpy as np
import pytest
from scipy.stats import f_oneway, kendalltau, kruskal, spearmanr

from sonomics.statistics.selection.univariable import welch_by_feature
from sonomics.statistics.selection.univariable_classes import (
    anova_by_feature,
    kendall_by_feature,
    kruskal_wallis_by_feature,
    spearman_by_feature,
    welch_anova_by_feature,
)

CLASSES = np.resize(["a", "b", "c"], 45)
GRADES = np.resize([1, 2, 3, 4], 45)
ALL = [kruskal_wallis_by_feature, anova_by_feature, welch_anova_by_feature]
ORDERED = [spearman_by_feature, kendall_by_feature]


@pytest.fixture(scope="module")
def features():
    generator = np.random.default_rng(0)
    return np.column_stack(
        [generator.normal(size=45), generator.integers(0, 4, 45), GRADES + generator.normal(size=45)]
    )


def test_three_groups_by_hand():
    """Ranks 1, 2 | 3, 4 | 5, 6: H = 12/42 (9/2 + 49/2 + 121/2) - 21; means 1.5, 3.5, 5.5, squares 16 and 1.5."""
    values, groups = np.arange(1.0, 7.0)[:, None], ["a", "a", "b", "b", "c", "c"]
    assert kruskal_wallis_by_feature(values, groups).statistic == pytest.approx([12 / 42 * (9 + 49 + 121) / 2 - 21])
    anova = anova_by_feature(values, groups)
    assert (anova.statistic, anova.df1, anova.df2) == (pytest.approx([16 / 2 / (1.5 / 3)]), [2], [3])


def test_each_test_equals_scipy(features):
    for index in range(3):
        column, groups = features[:, [index]], [features[name == CLASSES, index] for name in "abc"]
        for ours, theirs in ((kruskal_wallis_by_feature, kruskal), (anova_by_feature, f_oneway)):
            got, expected = ours(column, CLASSES), theirs(*groups)
            assert [got.statistic[0], got.p[0]] == pytest.approx([expected.statistic, expected.pvalue])
        for ours, theirs in ((spearman_by_feature, spearmanr), (kendall_by_feature, kendalltau)):
            got, expected = ours(column, GRADES), theirs(features[:, index], GRADES)
            assert [got.coefficient[0], got.p[0]] == pytest.approx([expected.statistic, expected.pvalue])


def test_welch_of_two_groups_is_the_square_of_the_t_test(features):
    two = CLASSES != "c"
    got = welch_anova_by_feature(features[two], CLASSES[two])
    t, p = welch_by_feature(features[two], CLASSES[two] == "a")
    assert got.statistic == pytest.approx(t**2)
    assert got.p == pytest.approx(p)


def test_what_is_not_defined_is_nan(features):
    for test in ALL:
        constant = test(np.column_stack([np.ones(45), np.full(45, np.nan)]), CLASSES)
        assert np.isnan(constant.statistic).all()
        assert np.isnan(constant.p).all()
        assert np.isnan(test(features, np.repeat("a", 45)).p).all()
    lonely = np.where(np.arange(45) == 0, "d", CLASSES)
    assert np.isnan(welch_anova_by_feature(features, lonely).p).all()
    assert np.isfinite(kruskal_wallis_by_feature(features, lonely).p).all()
    assert np.isfinite(anova_by_feature(features, lonely).p).all()
    for test in ORDERED:
        assert np.isnan(test(np.ones((45, 1)), GRADES).coefficient).all()
        assert np.isnan(test(features, np.ones(45)).p).all()


def test_classes_that_do_not_vary_within():
    values = np.repeat([1.0, 2.0, 3.0], 4)[:, None]
    groups = np.repeat(["a", "b", "c"], 4)
    assert anova_by_feature(values, groups).statistic == [np.inf]
    assert anova_by_feature(values, groups).p == [0.0]
    assert np.isnan(welch_anova_by_feature(values, groups).p).all()
    assert kendall_by_feature(values, np.repeat([1, 2, 3], 4)).coefficient == pytest.approx([1.0])
    assert spearman_by_feature(values, np.repeat([3, 2, 1], 4)).coefficient == pytest.approx([-1.0])
    assert spearman_by_feature(values, np.repeat([3, 2, 1], 4)).p == pytest.approx([0.0])
