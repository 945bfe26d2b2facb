import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from sonomics.statistics.comparison.multiple_testing import CORRECTIONS, benjamini_hochberg, bonferroni, holm

P = [0.01, 0.02, 0.03, 0.5, np.nan]


def test_bonferroni_by_hand():
    assert bonferroni(P) == pytest.approx([0.04, 0.08, 0.12, 1.0, np.nan], nan_ok=True)


def test_benjamini_hochberg_by_hand():
    assert benjamini_hochberg(P) == pytest.approx([0.04, 0.04, 0.04, 0.5, np.nan], nan_ok=True)


@pytest.mark.parametrize("correction", CORRECTIONS.values())
def test_nothing_to_correct(correction):
    assert np.isnan(correction([np.nan])).all()
    assert correction([]).size == 0


def test_holm_by_hand_and_as_statsmodels_has_it():
    assert holm([0.5, 0.02, np.nan, 0.01, 0.03]) == pytest.approx([0.5, 0.06, np.nan, 0.04, 0.06], nan_ok=True)
    values = np.random.default_rng(2).uniform(0, 0.3, 12)
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])
    assert np.isnan(holm([np.nan])).all()
    assert holm([]).size == 0
