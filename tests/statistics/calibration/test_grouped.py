import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.calibration.grouped import grouped_calibration, hosmer_lemeshow, quantile_groups


def test_hosmer_lemeshow_equals_r(oracle, predicted):
    key, y, p = predicted
    got = hosmer_lemeshow(y, p)._asdict()
    sizes = np.bincount(quantile_groups(p.to_numpy(), 10))
    oracle.check(f"{key}.hl_quantile_cut", {name: got[name] for name in got if name != "reason"})
    oracle.check(f"{key}.hl_quantile_cut", {"group_sizes": sizes})


def test_grouped_curve_equals_r(oracle, predicted):
    key, y, p = predicted
    expected = pd.DataFrame(oracle[f"{key}.deciles_quantile_cut"])
    got = grouped_calibration(y, p)
    np.testing.assert_array_equal(got["n"], expected["n"])
    np.testing.assert_allclose(got["predicted"], expected["mean_pred"], rtol=1e-9)
    np.testing.assert_allclose(got["observed"], expected["obs"], rtol=1e-9)
    np.testing.assert_allclose(got[["lower", "upper"]], np.stack(expected["wilson"]), rtol=1e-7)


@given(hnp.arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 20).map(lambda value: value / 20)))
def test_quantile_groups_are_those_of_pandas(values):
    got = quantile_groups(values, 10)
    assert np.array_equal(np.unique(got), np.arange(got.max() + 1))
    assert (np.diff(got[np.argsort(values, kind="stable")]) >= 0).all()
    if np.ptp(values) > 0:
        expected = pd.qcut(values, 10, labels=False, duplicates="drop")
        assert np.array_equal(got, np.unique(expected, return_inverse=True)[1])


def test_hosmer_lemeshow_without_a_usable_group():
    assert np.isnan(hosmer_lemeshow([0, 1, 1], [0.0, 0.5, 1.0]).chi2)
    two = hosmer_lemeshow([0, 1, 0, 1], [0.2, 0.2, 0.7, 0.7])
    assert two.groups == 2
    assert np.isnan(two.p_internal)
    assert two.reason == "fewer than three groups"
    # by hand: (1 - 0.4)^2 / (0.4 x 0.8) + (1 - 1.4)^2 / (1.4 x 0.3)
    assert two.chi2 == pytest.approx(1.125 + 0.16 / 0.42)
