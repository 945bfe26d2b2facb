import numpy as np
import pytest

from sonomics.statistics.comparison.effect_sizes import (
    odds_interaction,
    odds_ratio,
    sample_odds_ratio,
    standardised_difference,
)


def grouped(*cells):
    """Rows (y, x, stratum) from cells of (y, x, stratum, count)."""
    return np.repeat([cell[:3] for cell in cells], [cell[3] for cell in cells], axis=0).T


def test_standardised_difference_by_hand():
    assert standardised_difference([1, 2, 3], [3, 4, 5, np.nan]) == pytest.approx(2)
    assert np.isnan(standardised_difference([1, 1], [2, 2]))
    assert np.isnan(standardised_difference([1], [2, 3]))


def test_logistic_odds_ratio_of_a_table_is_the_cross_product():
    y, x, _ = grouped((1, 1, 0, 12), (0, 1, 0, 5), (1, 0, 0, 4), (0, 0, 0, 9))
    got = odds_ratio(y, x)
    assert got.ratio == pytest.approx(12 * 9 / (5 * 4))
    assert got.se == pytest.approx(np.sqrt(1 / 12 + 1 / 5 + 1 / 4 + 1 / 9))
    assert sample_odds_ratio([[9, 4], [5, 12]]) == pytest.approx(got.ratio)


def test_interaction_is_the_ratio_of_the_odds_ratios():
    cells = [
        (1, 1, 0, 8),
        (0, 1, 0, 4),
        (1, 0, 0, 5),
        (0, 0, 0, 9),
        (1, 1, 1, 12),
        (0, 1, 1, 3),
        (1, 0, 1, 4),
        (0, 0, 1, 9),
    ]
    got = odds_interaction(*grouped(*cells))
    assert got.ratio.ratio == pytest.approx((12 * 9 / (3 * 4)) / (8 * 9 / (4 * 5)))
    assert 0 < got.likelihood_ratio.p < 1
    assert got.likelihood_ratio.df == 1


def test_empty_cells():
    assert sample_odds_ratio([[3, 0], [1, 2]]) == np.inf
    assert np.isnan(sample_odds_ratio([[0, 0], [1, 2]]))
    assert odds_ratio([1, 1], [0, 1]).reason == "only one class"
    assert np.isnan(odds_ratio([0, 0, 1, 1], [0, 0, 1, 1]).ratio)
    assert odds_interaction([0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 0, 0]).likelihood_ratio.reason
