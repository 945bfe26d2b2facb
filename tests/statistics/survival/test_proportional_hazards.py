import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.survival.proportional_hazards import proportional_hazards_test


@pytest.fixture(scope="module")
def crossing():
    """A group that does worse early and better late, and a number that does nothing."""
    generator = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 300)
    time = np.where(group == 0, generator.weibull(3, 600), generator.weibull(0.7, 600))
    return time, np.ones(600), pd.DataFrame({"group": group, "noise": generator.normal(size=600)})


@pytest.mark.parametrize("transform", ["km", "rank", "identity"])
def test_crossing_hazards_are_found(crossing, transform):
    got = proportional_hazards_test(*crossing, transform)
    assert got.loc["group", "p"] < 1e-6
    assert got.loc["noise", "p"] > 0.01
    assert got.loc["GLOBAL", "df"] == 2


def test_one_event_time_says_nothing_of_a_trend():
    got = proportional_hazards_test([1, 1, 2, 2], [1, 1, 0, 0], pd.DataFrame({"x": [0.0, 1.0, 1.0, 0.0]}))
    assert np.isnan(got["p"]).all()
    assert got["reason"].str.len().gt(0).all()
