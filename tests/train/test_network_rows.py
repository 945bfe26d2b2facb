"""The training job of a network that sees views joined, outlines, or clinical variables."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.schemas import CROPS, PREDICTIONS, SCREENED
from sonomics.core.tables import read_table, write_table
from tests.train.crops import SETTINGS, train

FUSION = {"views": ["grey", "flow"], "images": "first", "trunks": "shared", "join": "attention"}


@pytest.fixture
def two_views(crops_study):
    """The study of ten crops, each of which has a copy in a second view, but for that of P0."""
    for name, table in (("crops.parquet", CROPS), ("images.parquet", SCREENED)):
        first = read_table(crops_study / name, table)
        second = first[first["case"] != "P0"].assign(image=lambda rows: rows["image"] + "-2", view="flow")
        write_table(pd.concat([first, second], ignore_index=True), crops_study / name, table)
    return crops_study


@pytest.mark.usefixtures("two_views")
def test_views_of_an_exam_are_one_row_and_what_was_joined_is_counted(crops_study):
    train("0", fusion=FUSION)
    predictions = read_table(crops_study / "0/predictions.parquet", PREDICTIONS)
    assert predictions["image"].tolist() == ["P0", "P1+P1-2", "P4+P4-2", "P5+P5-2"]
    state = json.loads((crops_study / "0/state.json").read_text())
    assert state["joined"] == {"rows": 9, "cases": 9, "complete": 8, "missing": {"grey": 0, "flow": 1}}
    assert state["fusion"] == FUSION


def test_clinical_columns_are_scaled_on_the_rows_of_the_fold(crops_study, monkeypatch):
    monkeypatch.setitem(SETTINGS["study"], "clinical", ["age"])
    cohort = pd.read_csv("cohort.csv", index_col=0)
    cohort.assign(age=[90.0, 90, 40, 60, 90, 90, 40, np.nan, 500, 500]).to_csv("cohort.csv")
    train("0", columns=["age"])
    scales = json.loads((crops_study / "0/state.json").read_text())["scales"]
    assert scales["age"] == pytest.approx({"mean": 140 / 3, "sd": np.std([40, 60, 40])})


def test_an_outline_that_a_network_sees_changes_its_scores(crops_study):
    for number in range(10):
        inside = np.zeros((20, 24), bool)
        inside[5:15, 4 : 6 + number] = True
        write_png(crops_study / f"P{number}.mask.png", inside)
    scores = []
    for mask in ("none", "channel", "pooling"):
        train("all", mask=mask, folder=mask)
        scores.append(read_table(crops_study / mask / "all/predictions.parquet", PREDICTIONS)["value"].tolist())
    assert scores[0] != scores[1] != scores[2]


def test_views_that_no_image_has_leave_too_few_rows(crops_study):
    with pytest.raises(StudyError, match=r"no training image .* a network needs two"):
        train("all", fusion=FUSION | {"views": ["doppler", "contrast"]})
