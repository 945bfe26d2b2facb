import numpy as np
import pytest

from sonomics.statistics.selection.mrmr import select_by_mrmr


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    y = np.arange(60) % 2
    strong = y + random.normal(0, 0.5, 60)
    copy = strong + random.normal(0, 0.05, 60)
    other = y + random.normal(0, 0.5, 60)
    noise = random.normal(size=60)
    return np.column_stack([strong, copy, other, noise]), y


def test_a_copy_comes_after_what_tells_something_new(data):
    features, y = data
    order = select_by_mrmr(features, ["strong", "copy", "other", "noise"], y, 3)
    assert order[0] in (0, 1)
    assert order[1] == 2


def test_undefined_features_are_never_chosen(data):
    features, y = data
    assert select_by_mrmr(np.column_stack([np.ones(60), features[:, 0]]), ["a", "b"], y, 2) == [1]
    assert select_by_mrmr(features, list("abcd"), np.ones(60), 2) == []
