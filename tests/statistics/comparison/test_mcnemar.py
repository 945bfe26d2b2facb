import numpy as np
import pytest
from scipy.stats import binom

from sonomics.statistics.comparison.mcnemar import mcnemar, mcnemar_counts


def test_by_hand():
    got = mcnemar_counts(2, 8)
    assert got.chi2 == pytest.approx(3.6)
    assert got.chi2_corrected == pytest.approx(2.5)
    assert got.p_exact == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert got.p_mid == pytest.approx(2 * (1 + 10 + 45) / 1024 - 45 / 1024)


def test_counts_who_alone_was_right():
    got = mcnemar([1, 1, 1, 0, 0], [1, 0, 0, 1, 0])
    assert (got.b, got.c) == (2, 1)


def test_equal_discordance_is_no_evidence():
    got = mcnemar_counts(3, 3)
    assert (got.chi2, got.chi2_corrected, got.p_exact) == (0, 0, 1)
    assert got.p_mid == pytest.approx(1 - binom.pmf(3, 6, 0.5) / 2)


def test_without_discordance_the_chi_square_is_not_estimable():
    got = mcnemar([1, 0], [1, 0])
    assert np.isnan([got.chi2, got.p, got.chi2_corrected, got.p_corrected]).all()
    assert (got.p_exact, got.p_mid, got.reason) == (1, 1, "no discordant pair")


def test_different_cases_are_refused():
    with pytest.raises(ValueError, match="same cases"):
        mcnemar([1, 0], [1])
