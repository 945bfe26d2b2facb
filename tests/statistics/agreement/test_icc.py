import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.agreement.icc import icc21, icc21_interval, icc31, icc31_interval, mean_squares

# Shrout & Fleiss 1979, table 2: six targets, four judges; ICC(2,1) = .29, ICC(3,1) = .71.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


PAIRS = {"inter_R1s1_vs_R2s1": [("R1", 1), ("R2", 1)], "intra_R1s1_vs_R1s2": [("R1", 1), ("R1", 2)]}


@pytest.fixture(scope="module")
def outlined(oracle):
    """Features as (subjects, raters, features) per pair of outlines, with their names."""
    table = oracle.table("icc_features")
    names = [column for column in table if column.startswith("f")]
    readings = table.set_index(["reader", "session", "patient_id"]).sort_index()[names]
    return names, {
        pair: np.stack([readings.loc[reading].to_numpy() for reading in readings_of], axis=1)
        for pair, readings_of in PAIRS.items()
    }


@pytest.mark.parametrize("pair", PAIRS)
def test_icc_and_intervals_equal_r(oracle, outlined, pair):
    names, values = outlined
    array = values[pair]
    columns = zip(names, icc21(array), np.stack(icc21_interval(array), axis=1), strict=True)
    for name, value, interval in columns:
        oracle.check(f"icc.{name}.{pair}", {"icc21": value, "icc21_ci": interval})
    columns = zip(names, icc31(array), np.stack(icc31_interval(array), axis=1), strict=True)
    for name, value, interval in columns:
        oracle.check(f"icc.{name}.{pair}", {"icc31": value, "icc31_ci": interval})


def test_selections_equal_r(oracle, outlined):
    names, values = outlined
    inter, intra = values["inter_R1s1_vs_R2s1"], values["intra_R1s1_vs_R1s2"]

    def selected(mask):
        return [name for name, kept in zip(names, mask, strict=True) if kept]

    assert selected(icc21(inter) > 0.75) == oracle["icc.selected_icc21_inter_gt_0.75"]
    assert selected(icc21_interval(inter)[0] > 0.75) == oracle["icc.selected_inter21_lower_ci_gt_0.75"]
    both = (icc21(inter) > 0.75) & (icc31(intra) > 0.75)
    assert selected(both) == oracle["icc.selected_inter21_and_intra31_gt_0.75"]


def test_more_than_two_raters_as_published():
    assert icc21(SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)
    assert icc31(SHROUT_FLEISS) == pytest.approx(0.71, abs=0.005)
    squares = mean_squares(SHROUT_FLEISS)
    assert [float(square) for square in squares] == pytest.approx([11.24, 32.49, 1.02], abs=0.005)


def test_perfect_agreement_is_one_with_a_point_interval():
    values = np.repeat([[1.0], [2.0], [4.0]], 3, axis=1)
    assert icc21(values) == icc31(values) == 1
    assert icc21_interval(values) == icc31_interval(values) == (1, 1)


def test_a_constant_shift_lowers_agreement_but_not_consistency():
    values = np.array([[1.0, 3.0], [2.0, 4.0], [4.0, 6.0]])
    assert icc31(values) == pytest.approx(1)
    assert icc21(values) == pytest.approx(7 / 13)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_a_constant_or_missing_feature_is_not_estimable(constant):
    values = np.stack([np.full((7, 2), constant), np.arange(14.0).reshape(7, 2), np.full((7, 2), 2.0)], axis=2)
    values[3, 1, 2] = np.nan
    assert np.isnan(icc21(values)).tolist() == [True, False, True]
    assert np.isnan(icc21_interval(values)[0]).tolist() == [True, False, True]


@given(
    hnp.arrays(np.float64, (6, 3), elements=st.integers(-50, 50)),
    st.floats(0.1, 10),
    st.floats(-100, 100),
)
def test_icc_does_not_depend_on_units(values, scale, shift):
    assert icc21(scale * values + shift) == pytest.approx(icc21(values), abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("shape", [(1, 2), (5, 1), (5,)])
def test_too_few_subjects_or_raters_are_refused(shape):
    with pytest.raises(ValueError, match="two subjects"):
        mean_squares(np.zeros(shape))
