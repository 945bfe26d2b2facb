import numpy as np
import pytest

from sonomics.evaluate.robustness.shuffled_labels import average_permutations

NAMES = ["shuffled", "shuffled_2", "shuffled_3"]
AREAS = {"main": 0.9, "noise": 0.7, "shuffled": 0.4, "shuffled_2": 0.5, "shuffled_3": 0.63}
METRICS = {
    name: {"grade": {"train": {"auc": area, "n": 9}, "external_1": {"auc": np.nan, "n": 0}}}
    for name, area in AREAS.items()
}


def test_the_mean_is_over_runs_with_permuted_labels_and_no_other() -> None:
    found = average_permutations(METRICS, NAMES, 0.95)["grade"]
    assert found["train"]["deals"] == 3
    # t of 2 degrees of freedom at 0.975 is 4.302653; the three areas have mean 0.51 and variance 0.0133.
    half = 4.302653 * np.sqrt(0.0133 / 3)
    assert found["train"]["auc"] == pytest.approx(0.51)
    assert found["train"]["auc_lower"] == pytest.approx(0.51 - half, abs=1e-6)
    assert found["train"]["auc_upper"] == pytest.approx(0.51 + half, abs=1e-6)
    assert np.isnan(found["external_1"]["auc"])


def test_two_permutations_are_too_few() -> None:
    assert average_permutations(METRICS, NAMES[:2], 0.95) == {}
