import numpy as np
import pytest

from sonomics.statistics.multiplicity import CORRECTIONS, benjamini_hochberg, bonferroni

P = [0.01, 0.02, 0.03, 0.5, np.nan]


def test_bonferroni_by_hand():
    assert bonferroni(P) == pytest.approx([0.04, 0.08, 0.12, 1.0, np.nan], nan_ok=True)


def test_benjamini_hochberg_by_hand():
    assert benjamini_hochberg(P) == pytest.approx([0.04, 0.04, 0.04, 0.5, np.nan], nan_ok=True)


@pytest.mark.parametrize("correction", CORRECTIONS.values())
def test_nothing_to_correct(correction):
    assert np.isnan(correction([np.nan])).all()
    assert correction([]).size == 0
