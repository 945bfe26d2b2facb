"""Copies within a case go, a training copy of a test image goes, patients of a split are tied."""

import pandas as pd

from sonomics.clean.duplicates import find_duplicates

LEFT, LEFT_AGAIN, RIGHT, FAR = "0" * 64, "0" * 63 + "3", "f" * 64, "0f" * 32


def images(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of image, split, view, dhash; patient and case are the image's first part."""
    frame = pd.DataFrame(rows, columns=["image", "split", "view", "dhash"]).sort_values("image", ignore_index=True)
    case = frame["image"].str.split("-").str[0]
    return frame.assign(case=case, patient=case, sha256=frame["dhash"])


def test_the_first_of_a_case_stays() -> None:
    found = find_duplicates(
        images(
            ("A-e1-i1-f0", "train", "grey", LEFT),
            ("A-e1-i2-f0", "train", "grey", LEFT_AGAIN),
            ("A-e1-i3-f0", "train", "grey", FAR),
            ("A-e1-i4-f0", "train", "doppler", LEFT),
        ),
        max_distance=10,
    )
    assert found.excluded.to_dict("index") == {
        "A-e1-i2-f0": {"twin": "A-e1-i1-f0", "distance": 2, "reason": "duplicate"}
    }
    assert found.groups.to_dict() == {"A": "A"}
    assert found.pairs["within_case"] == 1
    assert found.pairs["exact"] == 1


def test_what_resembles_only_a_dropped_copy_stays() -> None:
    chain = ["0" * 64, "0" * 62 + "ff", "0" * 60 + "ffff"]
    table = images(*((f"A-e1-i{number}-f0", "train", "grey", value) for number, value in enumerate(chain)))
    found = find_duplicates(table, max_distance=10)
    assert found.excluded.index.tolist() == ["A-e1-i1-f0"]


def test_the_training_copy_of_a_test_image_is_dropped() -> None:
    found = find_duplicates(
        images(("A-e1-i1-f0", "internal", "grey", LEFT), ("B-e1-i1-f0", "train", "grey", LEFT)), max_distance=10
    )
    assert found.excluded.to_dict("index") == {
        "B-e1-i1-f0": {"twin": "A-e1-i1-f0", "distance": 0, "reason": "duplicate_of_test"}
    }
    assert found.groups.to_dict() == {"A": "A", "B": "B"}


def test_between_two_test_sets_both_stay_and_are_counted() -> None:
    found = find_duplicates(
        images(("A-e1-i1-f0", "internal", "grey", LEFT), ("B-e1-i1-f0", "external_1", "grey", LEFT)), max_distance=10
    )
    assert found.excluded.empty
    assert found.pairs["across_other_splits"] == 1


def test_patients_of_a_split_are_tied_through_others() -> None:
    bridge = "0" * 62 + "ff"
    found = find_duplicates(
        images(
            ("D-e1-i1-f0", "train", "grey", LEFT),
            ("C-e1-i1-f0", "train", "grey", bridge),
            ("B-e1-i1-f0", "train", "grey", "0" * 60 + "ffff"),
            ("A-e1-i1-f0", "train", "grey", RIGHT),
        ),
        max_distance=8,
    )
    assert found.excluded.empty
    assert found.groups.to_dict() == {"A": "A", "B": "B", "C": "B", "D": "B"}


def test_no_image_at_all() -> None:
    found = find_duplicates(images(), max_distance=10)
    assert found.excluded.empty
    assert found.groups.empty
