"""Screening: exported = kept + excluded, for cases and images, whatever befalls them."""

import xml.etree.ElementTree as ElementTree
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.clean.screen import Screened, screen
from sonomics.clean.screening import criteria, flow_counts
from sonomics.clean.screening.duplicates import find_duplicates
from sonomics.clean.screening.fates import EXCLUDED, KEPT
from sonomics.clean.screening.flow_chart import draw_flow_chart, name_split
from sonomics.clean.screening.hashes import difference_hash
from sonomics.core.errors import StudyError

SPLITS = ("train", "internal", "external_1")
ADULT = {"name": "adult", "rule": "age >= 18", "unknown": "exclude", "title": "younger than 18"}
OPERATED = {"name": "operated", "rule": "days > 90", "kind": "exclusion", "unknown": "keep"}
HIDDEN = {
    "name": "no_focus", "rule": "lesion == 1", "kind": "exclusion", "unknown": "keep",
    "training_only": True,
}  # fmt: skip
SHARP = {"name": "sharp", "rule": "sharpness >= 0.5", "level": "image", "unknown": "keep"}
CLEAN: dict[str, Any] = {"views": {"grey": {"from": "still"}}}
HEADS = {"target": {"threshold": 0.5, "exclude": "below"}}


def cohort_of(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["case", "split", "age", "days", "lesion"])
    return table.assign(patient=table["case"].str[:2])


def images_of(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Rows of case, split, reason so far, and number of the picture: equal numbers are the same picture."""
    pictures = np.random.default_rng(5).integers(0, 256, (20, 32, 34), dtype=np.uint8)
    return pd.DataFrame(
        [
            {
                "patient": case[:2], "case": case, "image": f"{case}-e1-i{place}-f0", "split": split, "view": "grey",
                "keep": reason == "", "reason": reason, "sha256": str(number),
                "dhash": difference_hash(pictures[number]),
                "sharpness": 0.1 if number % 5 == 0 else 0.9, "qc__target": 0.25, "overlay_pixels": 0,
            }
            for place, (case, split, reason, number) in enumerate(rows)
        ],
        columns=[
            "patient", "case", "image", "split", "view", "keep", "reason", "sha256", "dhash", "sharpness",
            "qc__target", "overlay_pixels",
        ],
    )  # fmt: skip


def screened_by(cohort: pd.DataFrame, images: pd.DataFrame, stated: list[dict[str, Any]]) -> Screened:
    return screen(cohort, images, {**CLEAN, "criteria": stated}, HEADS, partial(find_duplicates, max_distance=10))


def test_a_case_goes_by_the_first_criterion_it_breaks_and_takes_its_images_along() -> None:
    cohort = cohort_of(
        ("P1", "train", 17, 200, 0), ("P2", "train", 40, 91, 0), ("P3", "internal", np.nan, 10, 0),
        ("P4", "internal", 50, np.nan, 0), ("P5", "train", 50, 10, 0),
    )  # fmt: skip
    images = images_of(
        ("P1", "train", "", 1), ("P1", "train", "unreadable", 2), ("P4", "internal", "", 3), ("P5", "train", "", 4)
    )
    done = screened_by(cohort, images, [ADULT, OPERATED])
    case = done.per_case.set_index("case")
    assert case["reason"].to_dict() == {
        "P1": "criterion_adult", "P2": "criterion_operated", "P3": "criterion_adult", "P4": "", "P5": "",
    }  # fmt: skip
    assert case.loc["P1", "detail"] == "`age >= 18` does not hold."
    assert case.loc["P2", "detail"] == "`days > 90` holds."
    assert case.loc["P3", "detail"] == "`age >= 18` cannot be told: age unknown."
    assert case.loc["P4", "detail"] == "Kept although it cannot be told whether it meets operated."
    assert done.per_image["reason"].tolist() == ["case_excluded", "case_excluded", "", ""]
    assert done.criteria["adult"] == {"met": 3, "broken": 1, "unknown": 1, "not_asked": 0}
    assert done.criteria["operated"] == {"met": 2, "broken": 2, "unknown": 1, "not_asked": 0}


def test_an_excluded_case_does_not_push_out_its_duplicates() -> None:
    cohort = cohort_of(("P1", "internal", 17, 0, 0), ("P2", "train", 40, 0, 0))
    images = images_of(("P1", "internal", "", 1), ("P2", "train", "", 1))
    assert screened_by(cohort, images, [ADULT]).per_image["reason"].tolist() == ["case_excluded", ""]
    assert screened_by(cohort, images, []).per_image["reason"].tolist() == ["", "duplicate_of_test"]


def test_a_criterion_for_training_touches_no_other_row() -> None:
    cohort = cohort_of(("P1", "train", 40, 0, 1), ("P2", "internal", 40, 0, 1), ("P3", "train", 40, 0, np.nan))
    images = images_of(("P1", "train", "", 1), ("P2", "internal", "", 2), ("P3", "train", "", 3))
    done = screened_by(cohort, images, [HIDDEN])
    assert done.per_case["reason"].tolist() == ["criterion_no_focus", "", ""]
    assert done.criteria["no_focus"] == {"met": 0, "broken": 1, "unknown": 1, "not_asked": 1}
    permuted = screened_by(cohort.assign(lesion=[1.0, 0.0, np.nan]), images, [HIDDEN])
    pd.testing.assert_frame_equal(done.per_case, permuted.per_case)
    pd.testing.assert_frame_equal(done.per_image, permuted.per_image)


def test_a_criterion_on_images_sets_images_aside() -> None:
    cohort = cohort_of(("P1", "train", 40, 0, 1))
    images = images_of(("P1", "train", "", 5), ("P1", "train", "", 1), ("P1", "train", "qc_target", 10))
    done = screened_by(cohort, images, [SHARP])
    assert done.per_image["reason"].tolist() == ["criterion_sharp", "", "qc_target"]
    assert done.per_image["detail"].tolist() == [
        "`sharpness >= 0.5` does not hold.", "", "The probability of target is 0.250, below 0.5."
    ]  # fmt: skip
    assert done.criteria["sharp"] == {"met": 1, "broken": 1, "unknown": 0, "not_asked": 0}


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(StudyError, match="there is no column weight"):
        criteria.evaluate_criteria(cohort_of(), [{**ADULT, "rule": "weight > 3"}])


unknown = st.sampled_from([float("nan"), 10.0, 17.0, 18.0, 91.0])
answer = st.sampled_from([float("nan"), 0.0, 1.0])
picture = st.tuples(st.sampled_from(["", "", "unreadable", "no_view", "qc_target"]), st.integers(0, 9))


@st.composite
def studies(draw_: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]]:
    """A few patients with one or two cases each, images of any fate, and any criteria."""
    cases, images = [], []
    for number in range(draw_(st.integers(1, 5))):
        split = draw_(st.sampled_from(SPLITS))
        for lesion in range(draw_(st.integers(1, 2))):
            case = f"P{number}{'ab'[lesion]}"
            cases.append(
                (case, split, draw_(unknown), draw_(unknown), draw_(st.sampled_from([0.0, 1.0, float("nan")])))
            )
            images += [(case, split, *one) for one in draw_(st.lists(picture, max_size=4))]
    chosen = draw_(st.lists(st.sampled_from([ADULT, OPERATED, HIDDEN, SHARP]), unique_by=lambda one: str(one["name"])))
    policies = [{**one, "unknown": draw_(st.sampled_from(["keep", "exclude"]))} for one in chosen]
    return cohort_of(*cases), images_of(*images), policies


@settings(max_examples=40, deadline=None)
@given(studies())
def test_exported_is_kept_and_excluded(study: tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]]) -> None:
    cohort, images, stated = study
    done = screened_by(cohort, images, stated)
    assert sorted(done.per_image["image"]) == sorted(images["image"])
    assert sorted(done.per_case["case"]) == sorted(cohort["case"])
    for rows in (done.per_image, done.per_case):
        assert set(rows["fate"]) <= {KEPT, EXCLUDED}
        assert ((rows["fate"] == EXCLUDED) == (rows["reason"] != "")).all()
        assert (rows.loc[rows["fate"] == EXCLUDED, "detail"] != "").all()
    with_image = set(done.per_image.loc[done.per_image["fate"] == KEPT, "case"])
    assert with_image == set(done.per_case.loc[done.per_case["fate"] == KEPT, "case"])

    steps = flow_counts.count_flow(done.per_image, done.per_case)
    at = steps.groupby("step")[["cases", "images"]].sum().reindex(steps["step"].unique(), fill_value=0)
    for step in (flow_counts.CRITERIA, flow_counts.IMAGES, flow_counts.CASES):
        at.loc[step] = at.loc[step] if step in at.index else 0
    assert at.loc[flow_counts.LISTED].tolist() == [len(cohort), len(images)]
    assert (at.loc[flow_counts.LISTED] == at.loc[flow_counts.CRITERIA] + at.loc[flow_counts.ELIGIBLE]).all()
    assert at["images"][flow_counts.ELIGIBLE] == at["images"][flow_counts.IMAGES] + at["images"][flow_counts.INCLUDED]
    assert at["cases"][flow_counts.ELIGIBLE] == at["cases"][flow_counts.CASES] + at["cases"][flow_counts.INCLUDED]
    for state in done.criteria.values():
        assert sum(state.values()) <= max(len(cohort), len(images))

    chart = draw_flow_chart(steps, stated, simulated=False)
    words = [text.text for text in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert f"{len(images):,} image{'s' * (len(images) != 1)}" in words
    assert chart == draw_flow_chart(steps, stated, simulated=False)


def demo() -> pd.DataFrame:
    cohort = cohort_of(("P1", "train", 17, 0, 0), ("P2", "train", 40, 0, 0), ("P3", "external_1", 40, 0, 0))
    images = images_of(("P1", "train", "", 1), ("P2", "train", "", 2), ("P2", "train", "qc_target", 3))
    done = screened_by(cohort, images, [ADULT])
    return flow_counts.count_flow(done.per_image, done.per_case)


def test_the_steps_of_a_small_study() -> None:
    rows = demo().set_index(["split", "step", "reason"]).to_numpy().tolist()
    assert rows == [
        [2, 2, 3], [1, 1, 1], [1, 1, 2], [1, 1, 1], [1, 1, 1],
        [1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 0],
    ]  # fmt: skip


def test_the_chart_says_what_happened_in_words() -> None:
    chart = draw_flow_chart(demo(), [ADULT], simulated=True)
    root = ElementTree.fromstring(chart)
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "1 younger than 18 (1\N{NO-BREAK SPACE}image)" in words
    assert {"Training set", "External test set 1", "Cases excluded: 1", "1 quality control: target"} <= set(words)
    assert {"1 nothing exported", "simulated data"} <= set(words)
    width, height = (float(value) for value in root.attrib["viewBox"].split()[2:])
    frames = [
        [float(rect.attrib[name]) for name in ("x", "y", "width", "height")]
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in frames)
    apart = [
        one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1] or one[0] + one[2] <= other[0]
        or other[0] + other[2] <= one[0]
        for place, one in enumerate(frames) for other in frames[:place]
    ]  # fmt: skip
    assert all(apart)


def test_titles_are_escaped_and_splits_stand_in_their_order() -> None:
    chart = draw_flow_chart(demo(), [{**ADULT, "title": "age < 18 & more"}], simulated=False)
    assert "1 age &lt; 18 &amp; more" in chart
    assert flow_counts.order_splits(["prospective", "external_10", "external_2", "train"]) == [
        "train", "external_2", "external_10", "prospective"
    ]  # fmt: skip
    assert name_split("external_10") == "External test set 10"
