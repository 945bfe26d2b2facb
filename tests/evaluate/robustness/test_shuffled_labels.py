import numpy as np
import pytest

from sonomics.evaluate.robustness.shuffled_labels import over_deals

NAMES = ("shuffled", "shuffled_2", "shuffled_3")
OVERLAYS = {name: {"study": {"shuffle_labels": True, "seed": seed}} for seed, name in enumerate(NAMES)}
VARIANTS = {"main": {}, "noise": {"select": {"features": "noise"}}, **OVERLAYS}
AREAS = {"main": 0.9, "noise": 0.7, "shuffled": 0.4, "shuffled_2": 0.5, "shuffled_3": 0.63}
METRICS = {
    name: {"grade": {"train": {"auc": area, "n": 9}, "external_1": {"auc": np.nan, "n": 0}}}
    for name, area in AREAS.items()
}


def params(*left_out: str) -> dict:
    variants = {name: overlay for name, overlay in VARIANTS.items() if name not in left_out}
    return {"study": {"variants": variants}, "evaluate": {"level": 0.95}}


def test_the_mean_is_over_runs_with_dealt_labels_and_no_other():
    found = over_deals(METRICS, params())["grade"]
    assert found["train"]["deals"] == 3
    # t of 2 degrees of freedom at 0.975 is 4.302653; the three areas have mean 0.51 and variance 0.0133.
    half = 4.302653 * np.sqrt(0.0133 / 3)
    assert found["train"]["auc"] == pytest.approx(0.51)
    assert found["train"]["auc_lower"] == pytest.approx(0.51 - half, abs=1e-6)
    assert found["train"]["auc_upper"] == pytest.approx(0.51 + half, abs=1e-6)
    assert np.isnan(found["external_1"]["auc"])


def test_two_deals_are_too_few():
    assert over_deals(METRICS, params("shuffled_3")) == {}
