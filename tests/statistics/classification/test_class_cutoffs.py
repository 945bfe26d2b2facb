"""A cutoff of each class against the rest, and the class that exceeds its own most."""

import numpy as np

from sonomics.statistics.classification.class_cutoffs import exceed_most, youden_cutoffs


def test_each_class_has_its_own_youden_cutoff():
    probabilities = [[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.55, 0.4, 0.05], [0.3, 0.3, 0.4]]
    # Class 1 against the rest: at 0.4 both of its cases are above, and no other.
    np.testing.assert_array_equal(youden_cutoffs([0, 1, 1, 2], probabilities), [0.6, 0.4, 0.4])
    assert np.isnan(youden_cutoffs([0, 1, 1, 0], probabilities)[2])


def test_the_class_that_exceeds_its_cutoff_most_is_decided():
    probabilities = [[0.6, 0.3, 0.1], [0.4, 0.4, 0.2], [np.nan, 0.5, 0.5]]
    np.testing.assert_array_equal(exceed_most(probabilities, [0.0, 0.0, 0.0]), [0, 0, np.nan])
    np.testing.assert_array_equal(exceed_most(probabilities, [0.7, 0.3, 0.1]), [1, 1, np.nan])
    np.testing.assert_array_equal(exceed_most(probabilities, [np.nan, 0.3, 0.05]), [2, 2, np.nan])
    assert np.isnan(exceed_most(probabilities, [np.nan] * 3)).all()
