"""Weights of rows."""

import numpy as np
import pytest

from sonomics.train.classifiers.weights import balance_rows


@pytest.mark.parametrize("sizes", [[3, 7], [1, 2, 9]])
def test_all_classes_have_the_same_total_and_the_mean_is_one(sizes):
    labels = np.repeat(np.arange(len(sizes)) * 1.0, sizes)
    weights = balance_rows(labels)
    totals = [weights[labels == label].sum() for label in range(len(sizes))]
    assert totals == pytest.approx([sum(sizes) / len(sizes)] * len(sizes))
    assert weights.mean() == pytest.approx(1)
