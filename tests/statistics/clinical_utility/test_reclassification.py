import numpy as np
import pytest

from sonomics.statistics.clinical_utility.reclassification import categorical_nri, continuous_nri, idi

Y = [1, 1, 1, 1, 0, 0, 0, 0]
OLD = [0.1, 0.3, 0.4, 0.8, 0.1, 0.3, 0.6, 0.7]
NEW = [0.3, 0.6, 0.1, 0.9, 0.1, 0.1, 0.3, 0.8]


def test_by_hand():
    got = categorical_nri(Y, OLD, NEW, [0.2, 0.5])
    assert (got.up_events, got.down_events, got.up_nonevents, got.down_nonevents) == (0.5, 0.25, 0, 0.5)
    assert got.nri == 0.75
    assert got.se == pytest.approx(np.sqrt((3 / 16 - 1 / 64) + (2 / 16 - 4 / 64)))
    assert got.se_null == pytest.approx(np.sqrt(3 / 16 + 2 / 16))
    whole = continuous_nri(Y, OLD, NEW)
    assert (whole.events, whole.nonevents) == (0.5, 0.25)
    change = idi(Y, OLD, NEW)
    assert change.idi == pytest.approx(0.075 - (-0.1))


def test_a_cutoff_belongs_to_the_class_above():
    assert categorical_nri([1, 0], [0.19, 0.1], [0.2, 0.1], [0.2]).up_events == 1


def test_the_same_model_moves_nobody():
    got = categorical_nri(Y, OLD, OLD, [0.5])
    assert got.nri == 0
    assert np.isnan(got.p)
    assert got.reason
    assert np.isnan(idi(Y, OLD, OLD).z)


def test_one_class_is_not_estimable():
    assert continuous_nri([1, 1], [0.1, 0.2], [0.2, 0.1]).reason == "only one class"
    assert np.isnan(idi([0, 0], [0.1, 0.2], [0.2, 0.1]).idi)
    assert idi([1, 0, 0], [0.1, 0.2, 0.2], [0.2, 0.1, 0.3]).reason == "fewer than two cases in a class"


@pytest.mark.parametrize("nri", [lambda *of: categorical_nri(*of, [0.5]), continuous_nri, idi])
def test_an_unknown_prediction_is_refused(nri):
    with pytest.raises(ValueError, match="NaN"):
        nri(Y, OLD, [np.nan, *NEW[1:]])
