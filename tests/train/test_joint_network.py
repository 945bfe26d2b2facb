"""A network of several tasks: its files, what it may see, and what stops it."""

import json

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.schemas import CROPS, MAPS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from sonomics.train.maps import main as draw
from sonomics.train.network import main
from tests.train.crops import SETTINGS

TASKS = {
    **SETTINGS["study"]["tasks"],
    "grade": {"type": "classes", "column": "grade", "classes": ["low", "mid", "high"]},
    "death": {"type": "survival", "time": "months", "event": "died", "horizons": [6, 12]},
}
# Written beside the crops; the last two cases are tests.
OUTCOMES = {
    "grade": ["low", "mid", "high", "low", "mid", "high", "", "low", "mid", "high"],
    "months": [3, 20, 14, 9, 2, 15, 8, 30, 4, 5],
    "died": [1, 0, 1, 1, 1, 0, 1, 0, 1, 1],
}


@pytest.fixture
def several(crops_study):
    """The study of ten crops with a grade, which is unknown of one case, and a follow-up."""
    pd.read_csv("cohort.csv").assign(**OUTCOMES).to_csv("cohort.csv", index=False)
    return crops_study


def train(*folds: str, tasks: tuple[str, ...] = ("cancer", "grade", "death"), **changes: object) -> None:
    cnn = SETTINGS["train"]["models"]["cnn"] | {"together": {"weights": {"death": 0.5}}} | changes
    settings = {**SETTINGS, "study": SETTINGS["study"] | {"tasks": TASKS}, "train": {"models": {"cnn": cnn}}}
    names = ["--variant", "main", "--model", "cnn", "--task", *tasks, "--fold", *folds]
    tables = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random"]
    crops = ["--images", "images.parquet", "--crops", "crops.parquet"]
    main(["--settings", json.dumps(settings), *names, *tables, *crops, "--out", "cnn/joint"])


def predicted(study, task: str, fold: str) -> pd.DataFrame:
    return read_table(study / "cnn" / task / fold / "predictions.parquet", PREDICTIONS)


def test_weights_are_written_once_and_predictions_for_each_task(several):
    train("0", "all")
    files = {str(file.relative_to(several / "cnn")) for file in (several / "cnn").rglob("*") if file.is_file()}
    kept = ("weights.safetensors", "state.json", "curves.csv")
    assert files == {
        *(f"joint/{fold}/{name}" for fold in ("0", "all") for name in kept),
        *(f"{task}/{fold}/predictions.parquet" for task in TASKS for fold in ("0", "all")),
    }
    state = read_json(several / "cnn/joint/0/state.json")
    assert state["heads"] == {
        "cancer": {"kind": "binary"},
        "grade": {"kind": "nominal", "classes": 3},
        "death": {"kind": "hazards"},
    }
    cancer, grade, death = (predicted(several, task, "0") for task in TASKS)
    assert [table["task"].unique().tolist() for table in (cancer, grade, death)] == [[task] for task in TASKS]
    assert cancer["case"].tolist() == ["P0", "P1", "P4", "P5"]
    assert set(grade["class"]) == {"low", "mid", "high"}
    np.testing.assert_allclose(grade.groupby("image")["value"].sum(), 1)
    assert set(death["kind"]) == {"risk", "probability"}
    assert set(death["horizon"].dropna()) == {6, 12}
    by_horizon = death[death["kind"] == "probability"].pivot(index="case", columns="horizon", values="value")
    assert (by_horizon[12] >= by_horizon[6]).all()
    assert predicted(several, "death", "all")["case"].unique().tolist() == ["P8", "P9"]


def test_the_same_seed_gives_the_same_bytes(several):
    train("0")
    first = {file: file.read_bytes() for file in (several / "cnn").rglob("*") if file.is_file()}
    train("all", "0")
    assert {file: file.read_bytes() for file in first} == first


def test_a_case_with_any_known_outcome_is_learned_from(several):
    cohort = pd.read_csv("cohort.csv")
    cohort.loc[cohort["case"] == "P2", ["cancer", "months", "died"]] = np.nan
    cohort.loc[cohort["case"] == "P3", ["cancer", "grade", "months", "died"]] = np.nan
    cohort.to_csv("cohort.csv", index=False)
    train("all")
    # P7 has no crop, and P3 no outcome.
    assert read_json(several / "cnn/joint/all/state.json")["images"] == 6


def test_no_outcome_of_a_held_out_or_a_test_case_changes_the_weights(several):
    train("0", "all")
    weights = {fold: (several / f"cnn/joint/{fold}/weights.safetensors").read_bytes() for fold in ("0", "all")}
    cohort = pd.read_csv("cohort.csv")
    tests, held = cohort["split"] != "train", cohort["case"].isin(["P0", "P1", "P4", "P5"])
    cohort.loc[tests, ["cancer", "grade", "months", "died"]] = [1, "low", 1, 0]
    cohort.to_csv("cohort.csv", index=False)
    train("all")
    assert (several / "cnn/joint/all/weights.safetensors").read_bytes() == weights["all"]
    cohort.loc[held, ["cancer", "grade", "months", "died"]] = [0, "mid", 11, 1]
    cohort.to_csv("cohort.csv", index=False)
    train("0")
    assert (several / "cnn/joint/0/weights.safetensors").read_bytes() == weights["0"]


def test_a_class_that_a_fold_lacks_gets_the_probability_zero(several):
    cohort = pd.read_csv("cohort.csv")
    cohort.loc[cohort["case"].isin(["P2", "P3", "P6"]), "grade"] = ["low", "mid", "low"]
    cohort.to_csv("cohort.csv", index=False)
    train("0")
    grade = predicted(several, "grade", "0")
    assert (grade.loc[grade["class"] == "high", "value"] == 0).all()
    assert load_file(several / "cnn/joint/0/weights.safetensors")["heads.grade.seen"].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("column", "values", "rule"),
    [
        ("cancer", 1, "training images of fold 0 have labels of one class alone for the task cancer"),
        ("grade", "low", "training images of fold 0 have labels of one class alone for the task grade"),
        ("died", 0, r"training images of fold 0 have no event \(all cases are censored\) for the task death"),
        ("grade", None, "no training image with a known label of grade has a crop"),
    ],
)
def test_a_fold_that_cannot_teach_a_task_is_stopped(several, column, values, rule):
    cohort = pd.read_csv("cohort.csv")
    cohort.loc[cohort["case"].isin(["P2", "P3", "P6", "P7"]), column] = values
    cohort.to_csv("cohort.csv", index=False)
    with pytest.raises(StudyError, match=rf"^train\.models\.cnn: .*{rule}.*Fix: "):
        train("0")
    assert not (several / "cnn").exists()


def test_images_that_only_one_task_lacks_are_named(several):
    crops = read_table(several / "crops.parquet", CROPS)
    write_table(crops.assign(keep=crops["case"].isin(["P3", "P6"])), several / "crops.parquet", CROPS)
    with pytest.raises(StudyError, match=r"one training image with a known label of grade has a crop"):
        train("0")


@pytest.mark.parametrize("task", ["grade", "death"])
def test_maps_are_of_the_head_of_a_task(several, task):
    folds = ("0", "1", "all")
    train(*folds)
    for number in range(10):
        (several / f"P{number}.mask.png").write_bytes((several / f"P{number}.png").read_bytes())
    files = {
        "--predictions": [f"cnn/{task}/{fold}/predictions.parquet" for fold in folds],
        "--states": [f"cnn/joint/{fold}/state.json" for fold in folds],
        "--weights": [f"cnn/joint/{fold}/weights.safetensors" for fold in folds],
    }
    options = [part for option, names in files.items() for part in (option, *names)]
    tables = ["--images", "images.parquet", "--crops", "crops.parquet", "--maps", "maps", "--out", "maps.parquet"]
    draw(["--settings", json.dumps(SETTINGS), *tables, *options])
    table = read_table(several / "maps.parquet", MAPS)
    assert table["image"].tolist() == [f"P{number}" for number in range(10) if number != 7]
    shown = predicted(several, task, "0")
    of_image = shown[(shown["image"] == "P0") & (shown["kind"] == ("risk" if task == "death" else "probability"))]
    assert table.loc[table["image"] == "P0", "value"].item() == of_image["value"].max()
