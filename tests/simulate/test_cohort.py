"""The simulated cohort."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.cohorts.liver import draft_cohort
from sonomics.simulate.cohorts.liver_qc_labels import draft_qc_labels
from sonomics.simulate.exams.liver import NON_TARGET, UNUSABLE, kinds_of

SETTINGS = {"patients": {"train": 72, "internal": 24, "external_1": 24}, "repeat_outlines": 30}
SEED = 1


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return draft_cohort(Simulator.partial(SETTINGS), SEED)


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    return draft_cohort(Simulator.partial({"patients": {"train": 3000}, "repeat_outlines": 0}), SEED)


def known(cohort: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    early, event = cohort["time"] < 12, cohort["event"] == 1
    return early & event, ~(early & ~event)


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another(cohort: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(draft_cohort(Simulator.partial(SETTINGS), SEED), cohort)
    assert not draft_cohort(Simulator.partial(SETTINGS), SEED + 1)["time"].equals(cohort["time"])


def test_a_larger_split_changes_no_patient(cohort: pd.DataFrame) -> None:
    more = draft_cohort(
        Simulator.partial({"patients": {"external_1": 30, "train": 90, "internal": 24}, "repeat_outlines": 30}), SEED
    )
    assert more["patient"].is_unique
    before = more.set_index("patient").loc[cohort["patient"]].reset_index()
    pd.testing.assert_frame_equal(before, cohort)


def test_the_best_possible_auc_is_known(population: pd.DataFrame) -> None:
    label, sure = known(population)
    assert 0.90 <= roc_auc_score(label[sure], population["sim_risk"][sure]) <= 0.93


def test_labels_have_the_planned_shares(population: pd.DataFrame) -> None:
    label, sure = known(population)
    assert label.mean() == pytest.approx(0.39, abs=0.03)
    assert (~sure).mean() == pytest.approx(0.06, abs=0.02)


def test_images_carry_most_of_the_risk_but_not_all(population: pd.DataFrame) -> None:
    label, sure = known(population)
    names = [f"sim_{name}" for name in ("margin", "texture", "echo", "arterial", "washout")]
    together = roc_auc_score(label[sure], population[names].sum(axis=1)[sure])
    best = roc_auc_score(label[sure], population["sim_risk"][sure])
    assert 0.86 < together < best
    assert all(roc_auc_score(label[sure], population[name][sure]) < together for name in [*names, "size_mm", "afp"])
    assert roc_auc_score(label[sure], population["afp"][sure]) > 0.55


def test_centres_and_scanners_follow_the_design(cohort: pd.DataFrame) -> None:
    external = cohort["split"] == "external_1"
    assert set(cohort.loc[external, "sim_device"]) == {"SIM-B1"}
    assert set(cohort.loc[~external, "sim_device"]) == {"SIM-A1", "SIM-A2"}
    assert (cohort["centre"] == "centre_b").equals(external)
    assert cohort["sim_repeat"].sum() == 30
    assert set(cohort.loc[cohort["sim_repeat"] == 1, "split"]) == {"train"}


def test_one_pair_of_patients_shares_a_picture_across_splits(cohort: pd.DataFrame) -> None:
    assert sorted(cohort.loc[cohort["sim_duplicate"] == "shared", "split"]) == ["internal", "train"]
    assert {"exact", "gain", "shift"} <= set(cohort["sim_duplicate"])
    assert cohort["sim_fault"].value_counts()[["no_target", "no_outline"]].tolist() == [2, 1]


def test_kinds_are_listed_in_order() -> None:
    assert kinds_of("", "", "") == ("still", "clip")
    assert kinds_of("gas+dark", "shift", "") == ("still", "clip", "shift", "gas", "dark")
    assert kinds_of("", "", "no_target") == ("dark", "reverberation")


def test_quality_labels_are_of_training_and_of_every_kind(cohort: pd.DataFrame) -> None:
    labels = draft_qc_labels(cohort, SEED)
    pd.testing.assert_frame_equal(draft_qc_labels(cohort, SEED), labels)
    assert len(labels) >= 100
    assert labels["image"].is_unique
    training = set(cohort.loc[cohort["split"] == "train", "case"])
    assert set(labels["image"].str.split("-").str[0]) <= training
    happenings = cohort.set_index("case")[["sim_extra", "sim_duplicate", "sim_fault"]]
    cases, places = labels["image"].str.split("-").str[0], labels["image"].str[-1].astype(int)
    kinds = np.array([kinds_of(*happenings.loc[case])[place - 1] for case, place in zip(cases, places, strict=True)])
    for kind in (*NON_TARGET, *UNUSABLE):
        assert (kinds == kind).sum() >= 4
    assert set(labels["target"][np.isin(kinds, NON_TARGET)]) == {"no"}
    assert set(labels["usable"][np.isin(kinds, UNUSABLE)]) == {"no"}
    assert (labels["target"] == "no").mean() > 0.1
    assert (labels["usable"] == "no").mean() > 0.1
    assert set(labels["target"][kinds == "still"]) == {"yes"}
