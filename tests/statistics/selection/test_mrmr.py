import numpy as np
import pytest

from sonomics.statistics.selection.mrmr import select_by_mrmr
from sonomics.statistics.selection.univariable import f_statistics


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
    order = select_by_mrmr(features, ["strong", "copy", "other", "noise"], f_statistics(features, y), 3)
    assert order[0] in (0, 1)
    assert order[1] == 2


def test_undefined_features_are_never_chosen(data):
    features, y = data
    constant = np.column_stack([np.ones(60), features[:, 0]])
    assert select_by_mrmr(constant, ["a", "b"], f_statistics(constant, y), 2) == [1]
    assert select_by_mrmr(features, list("abcd"), f_statistics(features, np.ones(60)), 2) == []


def test_the_quotient_by_hand():
    """Relevance 8, then 4 / 1 for the copy against 3 / 0 for the uncorrelated one."""
    one, other = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
    features = np.column_stack([one, 2 * one, other])
    assert select_by_mrmr(features, ["a", "b", "c"], [8.0, 4.0, 3.0], 3) == [0, 2, 1]
