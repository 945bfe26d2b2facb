import numpy as np
import pytest

from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.discrimination.auc_comparison import delong_test
from sonomics.statistics.discrimination.clustered_auc import clustered_auc, compare_clustered_aucs, pool_by_patient


def test_one_image_a_patient_is_delong(paired):
    rows = paired["all"]
    got = clustered_auc(rows["y"], rows["model_b"], rows["patient_id"])
    plain = auc_interval(rows["y"], rows["model_b"])
    assert got.area == pytest.approx((*plain[:4], ""))


def test_repeating_every_image_adds_no_information(paired):
    rows = paired["all"]
    once = clustered_auc(rows["y"], rows["model_b"], rows["patient_id"])
    thrice = clustered_auc(*(np.repeat(rows[name], 3) for name in ("y", "model_b", "patient_id")))
    assert thrice.area.estimate == pytest.approx(once.area.estimate)
    assert thrice.area.se == pytest.approx(once.area.se)
    assert thrice.clusters == 200


def test_difference_of_single_images_is_delongs_and_repeats_add_nothing(paired):
    rows = paired["all"]
    names = ("y", "model_a", "model_b", "patient_id")
    plain = delong_test(rows["y"], rows["model_a"], rows["model_b"])
    for times in (1, 3):
        got = compare_clustered_aucs(*(np.repeat(rows[name], times) for name in names))
        assert got[:-1] == pytest.approx(plain[:-1])


def test_difference_without_variance_or_patients_says_so(paired):
    rows = paired["all"]
    same = compare_clustered_aucs(rows["y"], rows["model_a"], 2 * rows["model_a"], rows["patient_id"])
    assert same.reason == "the difference has no variance"
    few = compare_clustered_aucs([1, 1, 0, 0], [3, 4, 1, 2], [1, 2, 3, 4], ["a", "a", "b", "c"])
    assert few.reason == "fewer than two patients in a class"


def test_too_few_patients_of_a_class_give_no_interval():
    got = clustered_auc([1, 1, 0, 0], [3, 4, 1, 2], ["a", "a", "b", "c"])
    assert got.area.estimate == 1
    assert np.isnan(got.area.se)
    assert got.area.reason == "fewer than two patients in a class"
    assert np.isnan(clustered_auc([1, 1], [1, 2], ["a", "b"]).area.estimate)


def test_scores_of_a_patient():
    mean, largest, y = pool_by_patient([0.1, 0.3, 0.2, 0.9], ["b", "b", "a", "c"], [0, 0, 1, 1])
    assert mean.tolist() == [0.2, 0.2, 0.9]
    assert largest.tolist() == [0.2, 0.3, 0.9]
    assert y.tolist() == [1, 0, 1]
    with pytest.raises(ValueError, match="two outcomes"):
        pool_by_patient([0.1, 0.2], ["a", "a"], [0, 1])
