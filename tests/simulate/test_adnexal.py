"""The simulated pelvis: its traits are seen, in grey, in colour and in relief."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sonomics.core.seeds import generator
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.anatomy.adnexal_mass import FLUID_DB, SOLID_DB, Mass
from sonomics.simulate.anatomy.pelvis import Adnexa, draw_adnexa
from sonomics.simulate.cohorts.adnexal import draft_adnexal_cohort
from sonomics.simulate.cohorts.liver import draft_cohort
from sonomics.simulate.cohorts.liver_qc_labels import draft_qc_labels
from sonomics.simulate.exams.adnexal import (
    OTHER_ORGANS,
    VIEWS,
    AdnexalCase,
    kinds_of,
    shows,
    simulate_adnexal_exam,
)
from sonomics.simulate.exams.liver import FIRST_READING, UNUSABLE, Instance
from sonomics.simulate.scanner.devices import DEVICES
from sonomics.simulate.scanner.geometry import footprint

SETTINGS = {"patients": {"train": 60, "internal": 12, "external_1": 12}, "repeat_outlines": 10, "scene": "adnexal"}
CYST = Mass(
    size_mm=44, septa=0, papillary=0, solid=0, ground_glass=False, calcified=False, irregular=0.015, flow=0.5
)  # fmt: skip
CASE = AdnexalCase(
    case="P0001",
    centre="centre_a",
    device="SIM-V1",
    adnexa=Adnexa(replace(CYST, solid=0.5), 14.0),
    readings=FIRST_READING,
    calipers=True,
    kinds=("still", "exact", "gain", "shift", "flow", "rendering", "pouch", "ovary", "muscle", "dark"),
    outlined=True,
)
SECTOR = DEVICES["SIM-V1"].still


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return draft_cohort(Simulator.partial(SETTINGS), 1)


@pytest.fixture(scope="module")
def exam() -> dict[str, Instance]:
    return {instance.kind: instance for instance in simulate_adnexal_exam(CASE, 5)}


def inside(mass: Mass | None, ascites_mm: float = 0.0) -> np.ndarray:
    """Echo levels within the outline, 1.5 mm off the wall."""
    view = draw_adnexa(Adnexa(mass, ascites_mm), SECTOR, generator("view"))
    return view.tissue[0][view.outline.outside(*SECTOR.tissue()) < -1.5]


def test_a_cyst_is_fluid_and_a_solid_mass_is_not() -> None:
    assert np.median(inside(CYST)) == pytest.approx(FLUID_DB, abs=3)
    assert np.median(inside(replace(CYST, solid=1.0))) == pytest.approx(SOLID_DB, abs=3)
    assert FLUID_DB + 10 < np.median(inside(replace(CYST, ground_glass=True))) < SOLID_DB - 5


@pytest.mark.parametrize(("few", "many"), [({"septa": 0}, {"septa": 3}), ({"papillary": 0}, {"papillary": 4})])
def test_septa_and_projections_echo_within_the_fluid(few: dict[str, int], many: dict[str, int]) -> None:
    without, with_them = (float((inside(replace(CYST, **features)) > -20).mean()) for features in (few, many))
    assert without < 0.01
    assert with_them > without + 0.03


def test_a_calcification_is_bright_and_casts_a_shadow() -> None:
    plain, calcified = (
        draw_adnexa(Adnexa(replace(CYST, solid=1.0, calcified=calcified), 0.0), SECTOR, generator("view")).tissue[0]
        for calcified in (False, True)
    )
    brightest = np.unravel_index(calcified[80:].argmax(), calcified[80:].shape)
    below = np.s_[80 + brightest[0] + 20 : 80 + brightest[0] + 60, brightest[1]]
    assert calcified[80:].max() > 10
    assert (calcified[below] - plain[below]).mean() < -15


def test_free_fluid_lies_outside_the_ovary() -> None:
    dry, wet = (draw_adnexa(Adnexa(None, depth), SECTOR, generator("view")) for depth in (0.0, 15.0))
    outside = dry.outline.outside(*SECTOR.tissue()) > 1
    assert (dry.tissue[0][outside] < -25).mean() < 0.02
    assert (wet.tissue[0][outside] < -25).mean() > 0.05


def test_grey_frames_are_grey_and_flow_and_renderings_are_colour(exam: dict[str, Instance]) -> None:
    for kind, instance in exam.items():
        assert instance.frames.dtype == np.uint8
        assert instance.frames.shape == ((1, 384, 512, 3) if kind in ("flow", "rendering") else (1, 384, 512))
    saturation = {kind: np.ptp(exam[kind].frames[0].astype(int), axis=-1) > 60 for kind in ("flow", "rendering")}
    scan = footprint(SECTOR, DEVICES["SIM-V1"].still_placement())
    assert 0.003 < saturation["flow"][scan].mean() < 0.3
    assert saturation["rendering"].mean() > 0.2
    assert np.isnan(exam["rendering"].mm_per_pixel)


def test_duplicates_repeat_the_still(exam: dict[str, Instance]) -> None:
    still = exam["still"].frames
    assert np.array_equal(exam["exact"].frames, still)
    assert np.array_equal(exam["shift"].frames, np.roll(still, 1, axis=2))
    assert 0 < np.abs(exam["gain"].frames.astype(int) - still)[0, 150:200, 200:300].mean() < 6


def test_the_mass_alone_is_outlined(exam: dict[str, Instance]) -> None:
    outlined = {kind for kind, instance in exam.items() if instance.outlines}
    assert outlined == {"still", "exact", "gain", "shift", "flow"}
    healthy = replace(CASE, adnexa=Adnexa(None, 0.0), kinds=("still",))
    assert not next(simulate_adnexal_exam(healthy, 5)).outlines


def test_a_further_instance_changes_no_other(exam: dict[str, Instance]) -> None:
    alone = next(simulate_adnexal_exam(replace(CASE, kinds=("still",)), 5))
    assert np.array_equal(alone.frames, exam["still"].frames)


def test_every_kind_has_its_answers() -> None:
    assert shows("still", lesion=True, ascites=False)["lesion"] is True
    assert shows("ovary", lesion=True, ascites=False) == {
        "target": True, "lesion": False, "ascites": False, "blood_flow": False, "three_d": False,
        "undeterminable": False,
    }  # fmt: skip
    assert shows("pouch", lesion=True, ascites=True)["target"] is False
    assert shows("pouch", lesion=True, ascites=True)["ascites"] is True
    assert [shows("dark", True, True)[head] for head in ("target", "undeterminable")] == [None, True]


def test_patients_do_not_depend_on_each_other(cohort: pd.DataFrame) -> None:
    more = draft_adnexal_cohort(
        Simulator.partial(SETTINGS | {"patients": {"external_1": 20, "train": 80}}), 1
    ).set_index("patient")
    shared = cohort[cohort["split"] != "internal"]
    pd.testing.assert_frame_equal(more.loc[shared["patient"]].reset_index(), shared.reset_index(drop=True))


def test_malignancy_shows_but_not_always() -> None:
    from sklearn.metrics import roc_auc_score

    many = draft_adnexal_cohort(Simulator.partial({"patients": {"train": 900}, "repeat_outlines": 0}), 1)
    masses = many[many["lesion"] == 1]
    assert many["diagnosis"].value_counts(normalize=True)["control"] == pytest.approx(0.25, abs=0.05)
    # Two normal distributions, 2 apart.
    assert roc_auc_score(masses["malignant"], masses["sim_risk"]) == pytest.approx(0.921, abs=0.025)
    for name in ("solid", "papillary", "irregular", "flow"):
        assert 0.6 < roc_auc_score(masses["malignant"], masses[f"sim_{name}"]) < 0.9
    assert (many.loc[many["lesion"] == 0, ["sim_solid", "sim_septa"]] == 0).all(axis=None)


def test_the_sample_to_label_has_every_kind_twice_read(cohort: pd.DataFrame) -> None:
    labels = draft_qc_labels(cohort, 1)
    pd.testing.assert_frame_equal(draft_qc_labels(cohort, 1), labels)
    assert set(labels["image"].value_counts()) == {2}
    rows = cohort.set_index("case")
    kinds = labels["image"].map(
        lambda image: kinds_of(*rows.loc[image[:5], ["sim_extra", "sim_duplicate", "sim_fault"]])[int(image[-1]) - 1]
    )
    assert set(rows.loc[labels["image"].str[:5], "split"]) == {"train"}
    assert {*VIEWS, *OTHER_ORGANS, *UNUSABLE} <= set(kinds)
    for head, yes in {"three_d": ["rendering"], "blood_flow": ["flow"], "undeterminable": list(UNUSABLE)}.items():
        said = labels.loc[kinds.isin(yes), head]
        assert (said == "yes").mean() > 0.85
        assert (labels.loc[~kinds.isin(yes), head] == "yes").mean() < 0.05
