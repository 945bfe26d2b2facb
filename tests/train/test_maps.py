"""Maps: who is shown by which network, what is measured on them, and that nobody vanishes."""

import json

import numpy as np
import pytest

from sonomics.core.files import read_json, write_json
from sonomics.core.images import read_grey, read_mask, write_png
from sonomics.core.schemas import MAPS, PREDICTIONS
from sonomics.core.tables import read_table
from sonomics.train import summarise
from sonomics.train.maps import main
from tests.train.crops import SETTINGS, train

FOLDS = ("0", "1", "all")


def draw(maps: dict | None = None) -> None:
    settings = SETTINGS | {"train": SETTINGS["train"] | ({"maps": maps} if maps else {})}
    files = ["--images", "images.parquet", "--crops", "crops.parquet", "--maps", "maps", "--out", "maps.parquet"]
    networks = [
        part
        for option, name in (
            ("--predictions", "predictions.parquet"),
            ("--states", "state.json"),
            ("--weights", "weights.safetensors"),
        )
        for part in (option, *(f"{fold}/{name}" for fold in FOLDS))
    ]
    main(["--settings", json.dumps(settings), *files, *networks])


@pytest.fixture
def trained(crops_study):
    """Networks of all folds, and outlines in the upper left quarter."""
    train(*FOLDS)
    outline = np.zeros((20, 24), bool)
    outline[:10, :12] = True
    for number in range(10):
        write_png(crops_study / f"P{number}.mask.png", outline)
    return crops_study


def test_every_image_is_shown_once_by_a_network_that_was_not_fitted_on_it(trained):
    draw()
    table = read_table(trained / "maps.parquet", MAPS)
    assert table["image"].tolist() == [f"P{number}" for number in range(10) if number != 7]
    assert dict(zip(table["image"], table["fold"], strict=True)) == {
        "P0": "0", "P1": "0", "P2": "1", "P3": "1", "P4": "0", "P5": "0", "P6": "1", "P8": "all", "P9": "all",
    }  # fmt: skip
    drawn = table[table["file"] != ""]
    assert len(drawn) > 0
    for row in drawn.itertuples():
        heat = read_grey(trained / row.file)
        assert heat.shape == (53, 64)
        assert heat.max() == 255
    missing = table[table["file"] == ""]
    assert set(missing["reason"]) <= {"no_heat", "flat"}
    assert missing[["dice", "hot_share", "heat_inside"]].isna().all(axis=None)
    first = {path.name: path.read_bytes() for path in [*(trained / "maps").iterdir(), trained / "maps.parquet"]}
    draw()
    assert {path.name: path.read_bytes() for path in [*(trained / "maps").iterdir(), trained / "maps.parquet"]} == first


@pytest.mark.parametrize("mask", ["channel", "pooling"])
def test_a_network_that_sees_the_outline_is_shown_it_again(trained, mask):
    train(*FOLDS, mask=mask)
    draw()
    table = read_table(trained / "maps.parquet", MAPS)
    assert len(table) == 9
    assert (table["file"] != "").any()


def test_the_map_of_a_test_image_is_the_mean_of_the_maps_of_the_folds_that_scored_it(crops_study, monkeypatch):
    train(*FOLDS, predictor="folds")
    for number in range(10):
        write_png(crops_study / f"P{number}.mask.png", np.ones((20, 24), bool))
    shown = []

    def heat(model, images):
        shown.append(len(images))
        return np.full(images.shape, len(shown), np.float32) * np.linspace(0.5, 1, images.shape[2], dtype=np.float32)

    monkeypatch.setattr("sonomics.train.heat_maps.draw.grad_cam", heat)
    draw()
    table = read_table(crops_study / "maps.parquet", MAPS).set_index("image")
    assert (table.loc[["P8", "P9"], "fold"] == "all").all()
    assert shown == [4, 3, 2, 2]
    scores = [read_table(crops_study / f"{fold}/predictions.parquet", PREDICTIONS) for fold in ("0", "1")]
    means = (scores[0].set_index("image")["value"] + scores[1].set_index("image")["value"]) / 2
    np.testing.assert_allclose(table.loc[["P8", "P9"], "value"], means[["P8", "P9"]])


def test_an_architecture_without_a_target_is_told_image_by_image(trained):
    for fold in FOLDS:
        state = read_json(trained / fold / "state.json")
        write_json(trained / fold / "state.json", state | {"architecture": "test_mambaout"})
    from safetensors.torch import save_file

    from sonomics.networks.architectures.backbones import build
    from sonomics.networks.architectures.heads import Classifier
    from sonomics.networks.weights.state import to_tensors

    other = Classifier(build("test_mambaout", 1), ["cancer"], 1)
    for fold in FOLDS:
        save_file(to_tensors(other), trained / fold / "weights.safetensors")
    draw()
    table = read_table(trained / "maps.parquet", MAPS)
    assert len(table) == 9
    assert (table["reason"] == "no_target_layer").all()
    assert summarise.summarise_maps(table)["without"] == 9


@pytest.mark.parametrize(("heat", "reason"), [(0.0, "no_heat"), (0.3, "flat")])
def test_a_map_without_places_is_none(trained, monkeypatch, heat, reason):
    monkeypatch.setattr(
        "sonomics.train.heat_maps.draw.grad_cam", lambda model, images: np.full(images.shape, heat, np.float32)
    )
    draw()
    table = read_table(trained / "maps.parquet", MAPS)
    assert (table["reason"] == reason).all()
    assert list((trained / "maps").iterdir()) == []


def test_the_hot_share_is_that_of_params(trained):
    draw({"hottest": 0.05})
    table = read_table(trained / "maps.parquet", MAPS)
    hot = table["hot_share"].dropna()
    assert hot.between(0.05 - 1 / 480, 0.3).all()
    draw()
    assert (read_table(trained / "maps.parquet", MAPS)["hot_share"].dropna().to_numpy() > hot.to_numpy()).all()
    row = table[table["file"] != ""].iloc[0]
    assert read_mask(trained / row["mask"]).shape == read_grey(trained / row["crop"]).shape
