"""Two computations of the same features."""

import numpy as np

from sonomics.extract.proof.compare import find_differences


def differing(names, values, reference):
    return [difference.name for difference in find_differences(names, values, reference)]


def test_what_differs_is_named_on_the_scale_of_its_terms():
    names = ["a_glcm_ClusterShade", "a_glcm_ClusterTendency", "a_glcm_Contrast", "a_glcm_MCC"]
    theirs = np.array([1e-9, 100.0, 5.0, 0.0])
    assert differing(names, theirs + np.array([1e-8, 0, 0, 1e-6]), theirs) == []
    assert differing(names, theirs + np.array([1e-5, 0, 1e-7, 1e-3]), theirs) == [names[0], names[2], names[3]]
    assert differing(names, np.where(theirs == 5, np.nan, theirs), theirs) == [names[2]]
    assert differing(names, np.full(4, np.nan), np.full(4, np.nan)) == []
    names, theirs = ["a_firstorder_Median", "a_firstorder_RootMeanSquared"], np.array([1e-6, 20.0])
    assert differing(names, theirs + np.array([1e-12, 0]), theirs) == []
    assert differing(names, theirs + np.array([1e-7, 0]), theirs) == names[:1]
