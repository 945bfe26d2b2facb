"""The mean AUC of several classes."""

import numpy as np

from sonomics.statistics.classification.multiclass import class_aucs
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.mean_auc import mean_auc


def test_it_is_the_auc_of_a_binary_label_and_the_macro_mean_of_several():
    random = np.random.default_rng(1)
    labels, scores = random.integers(2, size=30), random.normal(size=30)
    assert mean_auc(labels, scores, [1.0]) == auc(labels, scores)
    codes, values = random.integers(3, size=40), random.dirichlet(np.ones(3), size=40)
    words = np.array(["a", "b", "c"])[codes]
    assert np.isclose(mean_auc(codes, values, [0, 1, 2]), class_aucs(words, values, ["a", "b", "c"]).macro)


def test_classes_that_do_not_occur_do_not_count_and_one_class_alone_has_none():
    codes, values = np.array([0, 1, 0, 1]), np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.7, 0.3, 0], [0.1, 0.9, 0]])
    assert mean_auc(codes, values, [0, 1, 2]) == 1.0
    assert np.isnan(mean_auc([1, 1], values[:2], [0, 1, 2]))
