"""The QC classifier on whole cohorts: held-out patients of simulated exams, and real images of three kinds."""

import pytest

from benchmarks.qc import NETWORK, organ_heads, simulated_heads


@pytest.mark.ci
def test_every_head_sees_what_it_is_asked_for_in_simulated_exams_of_held_out_patients() -> None:
    reports = simulated_heads(patients=60, network=NETWORK)
    assert set(reports) == {"target", "lesion", "ascites", "blood_flow", "three_d", "undeterminable"}
    for head, report in reports.items():
        assert report["auc"]["estimate"] > 0.75, head
        assert report["auc"]["lower"] > 0.6, head
    assert reports["lesion"]["exclude"] == "below"
    assert reports["lesion"]["sensitivity"]["estimate"] > 0.8


@pytest.mark.ci
@pytest.mark.realdata
def test_organs_of_real_images_are_told_apart() -> None:
    for organ, report in organ_heads(NETWORK | {"epochs": 12}).items():
        assert report["auc"]["lower"] > 0.8, organ
