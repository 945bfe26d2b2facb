import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.selection.correlation import absolute_correlations, prune_by_mean_correlation, prune_by_p
from sonomics.statistics.selection.univariable import mann_whitney_by_feature


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_pruning_by_p_equals_r(oracle, train, method):
    y, features, names = train
    p = mann_whitney_by_feature(features, y)[1]
    selected = np.flatnonzero(p < 0.05)
    assert [names[column] for column in selected] == oracle["features.mwu_selected_p_lt_0.05"]
    kept = prune_by_p(features[:, selected], [names[column] for column in selected], p[selected], 0.6, method)
    assert [names[selected[column]] for column in kept] == oracle[f"features.pruned_{method}_0.6"]


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_correlations_equal_r(oracle, train, method):
    _, features, names = train
    got = absolute_correlations(features, method)
    for one, other in (("x01", "x07"), ("x02", "x20")):
        oracle.check(f"features.correlation.{method}_{one}_{other}", got[names.index(one), names.index(other)])


@given(st.permutations(range(24)))
def test_pruning_does_not_depend_on_the_order_of_columns(train, order):
    y, features, names = train
    p = mann_whitney_by_feature(features, y)[1]
    shuffled, labels = features[:, order], [names[column] for column in order]
    kept = [labels[column] for column in prune_by_p(shuffled, labels, p[order], 0.4)]
    assert kept == [names[column] for column in prune_by_p(features, names, p, 0.4)]
    published = sorted(labels[column] for column in prune_by_mean_correlation(shuffled, labels, 0.4))
    assert published == [names[column] for column in prune_by_mean_correlation(features, names, 0.4)]


@given(st.floats(0.05, 0.95))
def test_kept_features_correlate_up_to_the_threshold_only(train, threshold):
    y, features, names = train
    correlation = absolute_correlations(features)
    kept = [
        prune_by_p(features, names, mann_whitney_by_feature(features, y)[1], threshold),
        prune_by_mean_correlation(features, names, threshold),
    ]
    for columns in kept:
        pairs = correlation[np.ix_(columns, columns)][~np.eye(len(columns), dtype=bool)]
        assert (pairs <= threshold).all()
        assert columns


def hub_and_spokes():
    """Column 0 correlates with both others, which hardly correlate with each other."""
    one, other = np.tile([0.0, 1.0], 8), np.repeat([0.0, 1.0], 8)
    return np.column_stack([one + 1.2 * other, one, other])


def test_the_published_rule_drops_the_hub():
    features = hub_and_spokes()
    correlation = absolute_correlations(features, "pearson")
    assert correlation[0, 1:] == pytest.approx(np.array([1.0, 1.2]) / np.sqrt(2.44))
    assert prune_by_mean_correlation(features, ["a", "b", "c"], 0.6, "pearson") == [1, 2]
    assert prune_by_p(features, ["a", "b", "c"], [0.01, 0.02, 0.03], 0.6, "pearson") == [0]
    assert prune_by_p(features, ["a", "b", "c"], [0.02, 0.01, 0.01], 0.6, "pearson") == [1, 2]


def test_the_published_rule_forgets_what_was_dropped():
    # The first goes for the second. Of the other two, the third has the higher mean only as long as the first counts.
    wanted = np.array([[1, 0.8, 0.4, 0.1], [0.8, 1, 0.2, 0.25], [0.4, 0.2, 1, 0.65], [0.1, 0.25, 0.65, 1]])
    noise = np.random.default_rng(0).normal(size=(30, 4))
    orthonormal = np.linalg.qr(noise - noise.mean(axis=0))[0]
    features = orthonormal @ np.linalg.cholesky(wanted).T
    assert absolute_correlations(features, "pearson") == pytest.approx(wanted)
    assert prune_by_mean_correlation(features, ["a", "b", "c", "d"], 0.6, "pearson") == [1, 2]


def test_of_two_twins_the_later_name_goes():
    features = np.column_stack([np.arange(8.0), np.arange(8.0), np.tile([0.0, 1.0], 4)])
    assert prune_by_mean_correlation(features, ["b", "a", "c"], 0.9) == [1, 2]
    assert prune_by_p(features, ["b", "a", "c"], [0.5, 0.5, 0.1], 0.9) == [2, 1]


def test_constant_features_are_never_kept():
    features = np.column_stack([np.arange(6.0), np.ones(6)])
    assert prune_by_p(features, ["a", "b"], [0.5, 0.1], 0.9) == [0]
    assert prune_by_mean_correlation(features, ["a", "b"], 0.9) == [0]


def test_rows_must_match():
    with pytest.raises(ValueError, match="2 rows"):
        mann_whitney_by_feature(np.zeros((3, 1)), [0, 1])
