import json
from hashlib import sha256

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.schemas import CROPS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from sonomics.networks.architectures.backbones import build
from sonomics.networks.weights.state import to_tensors
from tests.train.crops import train


def test_held_out_images_are_scored_and_the_same_seed_gives_the_same_bytes(crops_study):
    train("0")
    predictions = read_table(crops_study / "0/predictions.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P0", "P1", "P4", "P5"]
    assert predictions["value"].between(0, 1).all()
    first = {file.name: file.read_bytes() for file in (crops_study / "0").iterdir()}
    assert set(first) == {"weights.safetensors", "state.json", "curves.csv", "predictions.parquet"}
    train("all", "0", folder="again")
    assert {file.name: file.read_bytes() for file in (crops_study / "again/0").iterdir()} == first


def test_what_is_held_out_cannot_change_the_weights(crops_study):
    train("1")
    before = (crops_study / "1/weights.safetensors").read_bytes()
    write_png(crops_study / "P2.png", np.zeros((20, 24), np.uint8))
    write_png(crops_study / "P9.png", np.zeros((20, 24), np.uint8))
    train("1")
    assert (crops_study / "1/weights.safetensors").read_bytes() == before


def test_a_reader_who_outlined_nobody_stops_the_study(crops_study):
    crops = read_table(crops_study / "crops.parquet", CROPS)
    write_table(crops.assign(reader="r9"), crops_study / "crops.parquet", CROPS)
    with pytest.raises(StudyError, match=r"no training image .* outlines of r1, session 1.*crop.analysis"):
        train("all")


def test_one_image_is_too_few_for_a_network(crops_study):
    crops = read_table(crops_study / "crops.parquet", CROPS)
    write_table(crops.assign(keep=crops["case"].isin(["P0", "P8"])), crops_study / "crops.parquet", CROPS)
    with pytest.raises(StudyError, match=r"one training image .* a network needs two"):
        train("all")


def test_fold_all_scores_the_test_sets(crops_study):
    train("all")
    predictions = read_table(crops_study / "all/predictions.parquet", PREDICTIONS)
    assert predictions["case"].tolist() == ["P8", "P9"]
    assert json.loads((crops_study / "all/state.json").read_text())["images"] == 7


def test_a_network_starts_from_the_weights_of_the_registry_and_tunes_all_of_them(crops_study):
    start = to_tensors(build("test_resnet", seed=8).trunk)
    save_file(start, "start.safetensors")
    digest = sha256((crops_study / "start.safetensors").read_bytes()).hexdigest()
    like = {"mean": [0.4] * 3, "std": [0.2] * 3, "grey": "average", "size": 160, "licence": "MIT"}
    weights = {**like, "file": "start.safetensors", "sha256": digest, "architecture": "test_resnet"}
    defaults = {"scale": 1, "channels": "RGB", "prefix": "", "match": "name", "pretrained_on": "", "citation": ""}
    defaults |= {"use": "free", "data": []}
    train("all", weights=weights, learning_rate=1e-6)
    tuned = load_file(crops_study / "all/weights.safetensors")
    for name, tensor in start.items():
        if name.endswith("weight"):
            torch.testing.assert_close(tuned[f"backbone.trunk.{name}"], tensor, rtol=0, atol=1e-4)
    assert not torch.equal(tuned["backbone.trunk.conv1.0.weight"], start["conv1.0.weight"])
    assert tuned["backbone.mean"].flatten().tolist() == pytest.approx([0.4] * 3)
    assert json.loads((crops_study / "all/state.json").read_text())["weights"] == weights | defaults
