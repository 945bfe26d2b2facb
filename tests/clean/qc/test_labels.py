"""Labels of training cases only, put to the vote, for every frame of their instance."""

import numpy as np
import pandas as pd
import pytest

from sonomics.clean.qc.labels import collect_training_answers, encode_targets, vote
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
    answers, counts = collect_training_answers(table, IMAGES, ROSTER, ["target", "usable"], "labels.csv")
    assert answers.index.tolist() == ["A-e1-i1-f0", "A-e1-i2-f3", "A-e1-i2-f9"]
    np.testing.assert_array_equal(encode_targets(answers).to_numpy(), [[1, np.nan], [0, 1], [0, 1]])
    assert counts == {"used": 2, "not_training": 1, "without_image": 1}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (("yes", "yes", "no"), "yes"),
        (("no", "no", ""), "no"),
        (("yes", "no", ""), "undeterminable"),
        (("yes", "undeterminable", ""), "undeterminable"),
        (("undeterminable", "undeterminable", "no"), "undeterminable"),
        (("yes", "no", "undeterminable"), "undeterminable"),
        (("", "", ""), ""),
    ],
)
def test_more_than_half_of_those_who_answered_decide(given: tuple[str, str, str], verdict: str) -> None:
    table = labels(*(("A-e1-i1-f0", f"r{number}", "yes", answer) for number, answer in enumerate(given)))
    assert vote(table, ["target", "usable"]).loc["A-e1-i1-f0"].tolist() == ["yes", verdict]


def test_an_undeterminable_image_is_set_aside_by_all_other_heads() -> None:
    table = pd.DataFrame(
        [("A", "r1", "yes", "yes", "no"), ("B", "r1", "no", "", "yes")],
        columns=["image", "reader", "target", "ascites", "undeterminable"],
    )
    votes = vote(table, ["target", "ascites", "undeterminable"])
    assert votes.loc["A"].tolist() == ["yes", "yes", "no"]
    assert votes.loc["B"].tolist() == ["undeterminable", "undeterminable", "yes"]


def test_an_unknown_answer_and_a_missing_head_stop_the_study() -> None:
    with pytest.raises(StudyError, match="usable is an unknown answer in 1 row"):
        collect_training_answers(labels(("A-e1-i1", "r1", "yes", "maybe")), IMAGES, ROSTER, ["usable"], "labels.csv")
    with pytest.raises(StudyError, match="no column ascites"):
        collect_training_answers(labels(), IMAGES, ROSTER, ["ascites"], "labels.csv")
