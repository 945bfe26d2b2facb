"""Images are joined within their exam, by each rule, and what is missing is marked."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.settings.fusion import Fusion
from sonomics.train.inputs.joined import MISSING, count_joined, join_images

VIEWS = ["grey", "flow"]


def fusion(images: str = "first") -> Fusion:
    return Fusion(views=VIEWS, images=images)


def crops(*rows: tuple[Any, ...]) -> pd.DataFrame:
    names = ["image", "view", "sharpness", "time_s", "instance"]
    table = pd.DataFrame(rows, columns=names)
    case = table["image"].str.partition("-")[0]
    return table.assign(patient=case, case=case, exam=table["image"].str.rpartition("-")[0], frame=-1)


CROPS = crops(
    ("P2-e1-i1", "grey", 3.0, 4.0, "s1"),
    ("P1-e1-i3", "flow", 1.0, 9.0, "s1"),
    ("P1-e1-i1", "grey", 1.0, 0.0, "s1"),
    ("P1-e1-i2", "grey", 2.0, 8.0, "s2"),
    ("P1-e2-i1", "flow", 1.0, 1.0, "s3"),
    ("P1-e2-i2", "other", 1.0, 1.0, "s3"),
)


def names(images: str) -> list[str]:
    return join_images(CROPS, fusion(images))[0]["image"].tolist()


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ("first", ["P1-e1-i1+P1-e1-i3", "P1-e2-i1", "P2-e1-i1"]),
        ("sharpest", ["P1-e1-i2+P1-e1-i3", "P1-e2-i1", "P2-e1-i1"]),
        ("nearest", ["P1-e1-i2+P1-e1-i3", "P1-e2-i1", "P2-e1-i1"]),
        ("combinations", ["P1-e1-i1+P1-e1-i3", "P1-e1-i2+P1-e1-i3", "P1-e2-i1", "P2-e1-i1"]),
        ("pictures", ["P1-e1-i1+P1-e1-i3", "P1-e1-i2", "P1-e2-i1", "P2-e1-i1"]),
    ],
)
def test_by_hand(images: str, expected: list[str]) -> None:
    assert names(images) == expected


def test_places_are_those_of_the_views_in_their_order() -> None:
    rows, places = join_images(CROPS, fusion())
    assert places.tolist() == [[2, 1], [MISSING, 4], [0, MISSING]]
    assert rows["case"].tolist() == ["P1", "P1", "P2"]
    assert count_joined(rows, places, VIEWS) == {
        "rows": 3,
        "cases": 2,
        "complete": 1,
        "missing": {"grey": 1, "flow": 1},
    }


def test_an_image_without_time_is_near_nothing() -> None:
    with pytest.raises(StudyError, match=r"P1-e1-i2 is no frame of a clip.*first or the sharpest"):
        join_images(CROPS.assign(time_s=[1, 1, 1, np.nan, 1, 1]), fusion("nearest"))


def test_no_image_of_the_views_gives_no_row() -> None:
    rows, places = join_images(CROPS.assign(view="other"), fusion())
    assert len(rows) == 0
    assert places.shape == (0, 2)


@given(st.permutations(range(len(CROPS))), st.sampled_from(["first", "sharpest", "nearest", "combinations"]))
def test_the_order_of_the_crops_changes_nothing(order: list[int], images: str) -> None:
    assert join_images(CROPS.iloc[order], fusion(images))[0]["image"].tolist() == names(images)
