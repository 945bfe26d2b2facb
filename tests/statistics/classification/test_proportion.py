import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.classification.confusion import Classification
from sonomics.statistics.classification.proportion import Proportion, clustered_proportion, proportion


def as_oracle(value):
    """The layout of the oracle: counts and proportions flattened, `est` for the estimate."""
    if isinstance(value, Classification):
        fields = value._asdict()
        return value.confusion._asdict() | {key: as_oracle(fields[key]) for key in fields if key != "confusion"}
    if isinstance(value, Proportion):
        fields = value._asdict()
        return {"est" if key == "estimate" else key: fields[key] for key in fields}
    return value


def test_proportion_of_single_images_is_binomial():
    got = clustered_proportion([1, 0, 1, 1], ["a", "b", "c", "d"])
    assert got.estimate == 0.75
    assert got.se == pytest.approx(np.sqrt(4 / 3 * 0.75) / 4)
    assert clustered_proportion([1, 0], ["a", "a"]).reason == "fewer than two patients"
    assert np.isnan(clustered_proportion([], []).estimate)


@pytest.mark.parametrize(("x", "n"), [(0, 25), (25, 25), (0, 0), (1, 3)])
def test_proportions_equal_r(oracle, x, n):
    oracle.check(f"edge_cases.prop_{x}_of_{n}", as_oracle(proportion(x, n)))


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95]))
def test_intervals_hold_the_estimate_and_mirror(counts, level):
    x, n = counts
    one, other = proportion(x, n, level), proportion(n - x, n, level)
    for interval, mirrored in ((one.clopper_pearson, other.clopper_pearson), (one.wilson, other.wilson)):
        assert 0 <= interval[0] <= one.estimate <= interval[1] <= 1
        assert interval == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-12)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="not a valid proportion"):
        proportion(3, 2)
