import json

import numpy as np

from sonomics.core.images import write_png
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_table
from tests.train.crops import train


def test_held_out_images_are_scored_and_the_same_seed_gives_the_same_bytes(crops_study):
    train("0")
    predictions = read_table(crops_study / "predictions.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P0", "P1", "P4", "P5"]
    assert predictions["value"].between(0, 1).all()
    first = {
        name: (crops_study / name).read_bytes()
        for name in ("weights.safetensors", "state.json", "curves.csv", "predictions.parquet")
    }
    train("0")
    assert {name: (crops_study / name).read_bytes() for name in first} == first


def test_what_is_held_out_cannot_change_the_weights(crops_study):
    train("1")
    before = (crops_study / "weights.safetensors").read_bytes()
    write_png(crops_study / "P2.png", np.zeros((20, 24), np.uint8))
    write_png(crops_study / "P9.png", np.zeros((20, 24), np.uint8))
    train("1")
    assert (crops_study / "weights.safetensors").read_bytes() == before


def test_fold_all_scores_the_test_sets(crops_study):
    train("all")
    predictions = read_table(crops_study / "predictions.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P8", "P9"]
    assert json.loads((crops_study / "state.json").read_text())["images"] == 7
