import numpy as np

from sonomics.statistics.classification.borderline import resolve_borderline


def test_three_ways_with_borderline_cases():
    got = resolve_borderline([1, 0, 0], [0, 1, 0])
    assert got.positive.tolist() == [1, 1, 0]
    assert got.negative.tolist() == [1, 0, 0]
    assert np.isnan(got.left_out[1])
