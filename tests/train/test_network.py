import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.images import write_png
from sonomics.core.schemas import CROPS, FOLDS, PREDICTIONS, SCREENED
from sonomics.core.tables import read_table, write_table
from sonomics.train.network import main

SETTINGS = {
    "study": {
        "seed": 1,
        "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": "1"}},
        "clinical": [],
        "shuffle_labels": False,
    },
    "crop": {"analysis": {"reader": "r1", "session": "1"}},
    "train": {
        "models": {
            "cnn": {
                "kind": "network",
                "architecture": "test_resnet",
                "weights": "none",
                "size": 32,
                "epochs": 2,
                "batch": 4,
                "learning_rate": 0.01,
                "weight_decay": 0.01,
            }
        }
    },
}


@pytest.fixture
def study(inside):
    """Eight training and two test cases with a crop each; positives are brighter. One crop was set aside."""
    cases = [f"P{i}" for i in range(10)]
    labels = np.arange(10) % 2
    split = ["train"] * 8 + ["internal"] * 2
    pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels}).to_csv(
        "cohort.csv"
    )
    for case, label in zip(cases, labels, strict=True):
        random = np.random.default_rng(int(case[1:]))
        write_png(inside / f"{case}.png", random.integers(100 * label, 100 * label + 50, (20, 24), dtype=np.uint8))
    about = {"patient": cases, "case": cases, "image": cases, "view": "grey"}
    files = [f"{case}.png" for case in cases]
    crops = {"reader": "r1", "session": "1", "file": files, "mask": files, "spacing_mm": 0.1, "rows": 20, "columns": 24}
    kept = {"outline_pixels": 100, "keep": [True] * 7 + [False] + [True] * 2, "reason": ""}
    write_table(pd.DataFrame({**about, **crops, **kept}), inside / "crops.parquet", CROPS)
    texts = {name: "" for name, kind in SCREENED.columns.items() if kind == "str"}
    numbers = {name: 0 for name, kind in SCREENED.columns.items() if kind in ("int", "float")}
    images = pd.DataFrame({**texts, **numbers, **about, "keep": True}, index=range(10))
    write_table(images[list(SCREENED.columns)], inside / "images.parquet", SCREENED)
    folds = pd.DataFrame({"patient": cases[:8], "group": cases[:8], "fold": [0, 0, 1, 1] * 2})
    write_table(folds, inside / "folds.parquet", FOLDS)
    return inside


def train(fold: str) -> None:
    names = ["--variant", "main", "--model", "cnn", "--task", "cancer", "--fold", fold]
    files = [
        "--cohort",
        "cohort.csv",
        "--folds",
        "folds.parquet",
        "--images",
        "images.parquet",
        "--crops",
        "crops.parquet",
    ]
    outs = ["--weights", "w.safetensors", "--state", "s.json", "--curves", "c.csv", "--out", "p.parquet"]
    main(["--settings", json.dumps(SETTINGS), *names, *files, *outs])


def test_held_out_images_are_scored_and_the_same_seed_gives_the_same_bytes(study):
    train("0")
    predictions = read_table(study / "p.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P0", "P1", "P4", "P5"]
    assert predictions["value"].between(0, 1).all()
    first = {name: (study / name).read_bytes() for name in ("w.safetensors", "s.json", "c.csv", "p.parquet")}
    train("0")
    assert {name: (study / name).read_bytes() for name in first} == first


def test_what_is_held_out_cannot_change_the_weights(study):
    train("1")
    before = (study / "w.safetensors").read_bytes()
    write_png(study / "P2.png", np.zeros((20, 24), np.uint8))
    write_png(study / "P9.png", np.zeros((20, 24), np.uint8))
    train("1")
    assert (study / "w.safetensors").read_bytes() == before


def test_fold_all_scores_the_test_sets(study):
    train("all")
    predictions = read_table(study / "p.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P8", "P9"]
    assert json.loads((study / "s.json").read_text())["images"] == 7
