"""Labels of training cases only, for every frame of their instance."""

import numpy as np
import pandas as pd
import pytest

from sonomics.clean.labels import training_targets
from sonomics.core.errors import StudyError

ROSTER = pd.DataFrame({"case": ["A", "B", "C"], "split": ["train", "train", "internal"]})
IMAGES = pd.DataFrame(
    {
        "case": ["A", "A", "A", "B", "C"],
        "image": ["A-e1-i1-f0", "A-e1-i2-f3", "A-e1-i2-f9", "B-e1-i1-f0", "C-e1-i1-f0"],
        "keep": [True, True, True, True, True],
    }
)


def labels(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["image", "reader", "target", "usable"])


def test_labels_reach_frames_and_never_leave_training() -> None:
    table = labels(
        ("A-e1-i1", "r1", "yes", "undeterminable"),
        ("A-e1-i2", "r1", "no", "yes"),
        ("B-e1-i7", "r1", "yes", "yes"),
        ("C-e1-i1", "r1", "no", "no"),
    )
    targets, counts = training_targets(table, IMAGES, ROSTER, ["target", "usable"], "labels.csv")
    assert targets.index.tolist() == ["A-e1-i1-f0", "A-e1-i2-f3", "A-e1-i2-f9"]
    np.testing.assert_array_equal(targets.to_numpy(), [[1, np.nan], [0, 1], [0, 1]])
    assert counts == {"used": 2, "not_training": 1, "without_image": 1}


def test_readers_are_joined_by_majority_and_a_tie_is_unknown() -> None:
    table = labels(
        ("A-e1-i1-f0", "r1", "yes", "yes"),
        ("A-e1-i1-f0", "r2", "yes", "no"),
        ("A-e1-i1-f0", "r3", "no", ""),
    )
    targets, counts = training_targets(table, IMAGES, ROSTER, ["target", "usable"], "labels.csv")
    np.testing.assert_array_equal(targets.to_numpy(), [[1, np.nan]])
    assert counts["used"] == 3


def test_an_unknown_answer_and_a_missing_head_stop_the_study() -> None:
    with pytest.raises(StudyError, match="unknown answer 'maybe' in column usable"):
        training_targets(labels(("A-e1-i1", "r1", "yes", "maybe")), IMAGES, ROSTER, ["usable"], "labels.csv")
    with pytest.raises(StudyError, match="no column ascites"):
        training_targets(labels(), IMAGES, ROSTER, ["ascites"], "labels.csv")
