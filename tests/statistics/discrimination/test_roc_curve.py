import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.roc_curve import roc_curve

SCORED = st.integers(2, 30).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 1)), hnp.arrays(np.float64, n, elements=st.integers(-4, 4))
    )
)


@given(SCORED)
def test_area_under_the_drawn_curve_is_the_auc(data):
    y, score = data
    curve = roc_curve(y, score)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(auc(y, score), nan_ok=True)
    assert len(curve.cutoff) == len(np.unique(score)) + 1


def test_curve_points_are_those_of_the_definition():
    curve = roc_curve([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
    np.testing.assert_allclose(curve.cutoff, [np.inf, 0.8, 0.4, 0.1])
    np.testing.assert_allclose(curve.true_positive_rate, [0, 0.5, 1, 1])
    np.testing.assert_allclose(curve.false_positive_rate, [0, 0, 0.5, 1])
