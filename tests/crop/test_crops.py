"""Crops of one chunk."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from PIL import Image

from sonomics.core.images import read_grey, read_mask, write_png
from sonomics.crop.regions.sheet import EDGE_COLOUR, GAP, SIDE, TITLE
from tests.crop.chunk import SHAPE, Chunk


@pytest.fixture
def chunk(tmp_path):
    return Chunk(tmp_path)


def test_crop_is_cut_from_the_clean_image_around_the_shifted_outline(chunk):
    pixels = chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    row = chunk.crop().loc["P1-e1-i1-f0", "reader_1", "1"]
    assert row["keep"]
    assert (row["rows"], row["columns"], row["outline_pixels"]) == (14, 16, 120)
    np.testing.assert_array_equal(read_grey(row["file"]), pixels[8:22, 8:24])
    mask = read_mask(row["mask"])
    assert mask[2:-2, 2:-2].all()
    assert mask.sum() == 120


def test_every_frame_of_an_instance_and_every_reading_is_cropped(chunk):
    for name in ("P1-e1-i1-f0", "P1-e1-i1-f7"):
        chunk.image(name)
    chunk.outline("P1-e1-i1")
    chunk.outline("P1-e1-i1", session="2")
    chunk.outline("P1-e1-i1-f7", reader="reader_2")
    table = chunk.crop()
    assert table["keep"].all()
    assert len(table) == 5
    assert ("P1-e1-i1-f0", "reader_2", "1") not in table.index


def test_the_users_outline_replaces_the_sources(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.outline("P1-e1-i1", root="own", rows=slice(20, 36))
    assert chunk.crop().iloc[0]["outline_pixels"] == 16 * 12


def test_bad_outlines_are_set_aside_with_their_reason(chunk):
    for number in range(1, 7):
        chunk.image(f"P{number}-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.outline("P2-e1-i1", rows=slice(0, 0))
    chunk.outline("P3-e1-i1", rows=slice(20, 21))
    write_png(chunk.root / "source" / "reader_1" / "1" / "P4-e1-i1.png", np.ones(SHAPE, bool))
    (chunk.root / "source" / "reader_1" / "1" / "P5-e1-i1.png").write_bytes(b"no picture")
    table = chunk.crop().reset_index().set_index("case")
    assert table["reason"].to_dict() == {
        "P1": "",
        "P2": "outline_empty",
        "P3": "outline_small",
        "P4": "outline_size",
        "P5": "outline_unreadable",
        "P6": "no_outline",
    }
    assert table["keep"].sum() == 1
    assert (table.loc[~table["keep"], "file"] == "").all()


def test_only_images_kept_by_the_verdict_are_cropped(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.image("P2-e1-i1-f0", keep=False)
    for case in ("P1", "P2"):
        chunk.outline(f"{case}-e1-i1")
    assert list(chunk.crop()["case"]) == ["P1"]


def test_nothing_to_crop_is_an_empty_table(chunk):
    chunk.image("P1-e1-i1-f0", keep=False)
    assert len(chunk.crop()) == 0
    assert (chunk.root / "pixels").is_dir()


def test_whole_image_as_region(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.image("P2-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    table = chunk.crop(region="whole").reset_index().set_index("case")
    assert table.loc["P1", "outline_pixels"] == SHAPE[0] * SHAPE[1]
    assert table.loc["P2", "reason"] == "no_outline"


def test_perturbed_copies_are_readings_of_their_own_and_the_same_each_time(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    settings = {"times": 2, "grow": 0.1, "shift": 0.1, "rotate": 10, "contour": 0.02}
    first = chunk.crop(perturb=settings)
    assert first["keep"].all()
    assert set(first.index.get_level_values("reader")) == {"reader_1", "perturbed"}
    masks = {index: read_mask(Path(file)) for index, file in first["mask"].items()}
    again = chunk.crop(perturb=settings)
    assert all((masks[index] == read_mask(Path(file))).all() for index, file in again["mask"].items())
    assert first["outline_pixels"].nunique() > 1


def test_square_crops_are_square(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1", rows=slice(20, 24))
    row = chunk.crop(shape="square").iloc[0]
    assert row["rows"] == row["columns"]


def test_the_sheet_shows_every_crop(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    chunk.crop()
    sheet = np.asarray(Image.open(chunk.root / "sheet.png"))
    assert sheet.shape == (SIDE + TITLE, SIDE + GAP, 3)
    assert (sheet == EDGE_COLOUR).all(axis=2).any()


def test_a_label_that_nobody_drew_is_set_aside(chunk):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1")
    assert chunk.crop(label="7")["reason"].tolist() == ["outline_label"]


def test_the_log_names_patient_image_reader_rule_and_fix(chunk, caplog):
    chunk.image("P1-e1-i1-f0")
    chunk.outline("P1-e1-i1", rows=slice(0, 0))
    chunk.crop()
    (line,) = [record.getMessage() for record in caplog.records if record.name == "sonomics.crop.crops"]
    for part in (
        "patient P1",
        "P1-e1-i1-f0",
        "reader_1, session 1",
        "no pixel of the outline is set",
        "draw the region",
    ):
        assert part in line


@pytest.mark.parametrize(
    ("suffix", "shape", "reason", "sizes"),
    [
        ("png", (90, 70), "outline_transposed", "90 x 70, not 70 x 90"),
        ("nii.gz", (90, 70), "outline_transposed", "90 x 70, not 70 x 90"),
        ("png", (71, 90), "outline_size", "71 x 90, not 70 x 90"),
    ],
)
def test_the_log_names_both_sizes_of_an_outline_that_does_not_fit(chunk, caplog, suffix, shape, reason, sizes):
    chunk.image("P1-e1-i1-f0")
    file = chunk.root / "source" / "reader_1" / "1" / f"P1-e1-i1.{suffix}"
    file.parent.mkdir(parents=True)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.ones(shape, np.uint8)), str(file))
    assert chunk.crop().iloc[0]["reason"] == reason
    assert sizes in caplog.text


@pytest.mark.parametrize("region", ["lesion", "ring", "whole"])
def test_one_pixel_makes_a_crop_where_it_is_allowed(chunk, region):
    chunk.image("P1-e1-i1-f0")
    mask = np.zeros((70, 90), bool)
    mask[25, 33] = True
    write_png(chunk.root / "source" / "reader_1" / "1" / "P1-e1-i1.png", mask)
    row = chunk.crop(min_pixels=1, region=region, ring=2.0).iloc[0]
    assert row["keep"]
    assert row["outline_pixels"] >= 1
