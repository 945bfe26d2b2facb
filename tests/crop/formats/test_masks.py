"""Masks as pictures, of any mode and file type."""

import numpy as np
import pytest
from PIL import Image

from sonomics.core.images import read_mask
from tests.crop.formats.boxes_on_image import BOX, COLUMNS, OTHER, ROWS, STEM, read, refused


def picture(tmp_path, pixels, suffix=".png", **options):
    file = tmp_path / f"{STEM}{suffix}"
    Image.fromarray(pixels).save(file, **options)
    return file


@pytest.mark.parametrize("value", [1, 2, 255])
def test_grey_masks(tmp_path, value):
    assert (read(picture(tmp_path, (BOX * value).astype(np.uint8))) == BOX).all()


def test_grey_masks_of_several_labels(tmp_path):
    file = picture(tmp_path, (BOX * 1 + OTHER * 2).astype(np.uint8))
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="2") == OTHER).all()
    assert refused(file, label="9") == refused(file, label="cyst") == "outline_label"


def test_coloured_masks(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[BOX], pixels[OTHER] = (255, 0, 0), (0, 0, 9)
    file = picture(tmp_path, pixels)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="#ff0000") == BOX).all()
    assert refused(file, label="#00ff00") == refused(file, label="no colour") == "outline_label"


def test_transparent_masks_are_inside_where_they_are_not_transparent(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[BOX, 3] = 120
    assert (read(picture(tmp_path, pixels)) == BOX).all()


def test_a_colour_counts_where_it_is_not_transparent(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[...] = (255, 0, 0, 0)
    pixels[BOX, 3] = 255
    assert (read(picture(tmp_path, pixels), label="#ff0000") == BOX).all()


def test_opaque_masks_with_an_alpha_channel_go_by_colour(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[BOX, :3] = 255
    assert (read(picture(tmp_path, pixels)) == BOX).all()


def test_palette_masks(tmp_path):
    image = Image.fromarray((BOX * 3).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 9, 9, 9, 8, 8, 8, 255, 0, 0])
    file = tmp_path / f"{STEM}.png"
    image.save(file)
    assert (read(file) == BOX).all()
    assert (read(file, label="#ff0000") == BOX).all()


def test_jpeg_masks_lose_at_most_their_edge(tmp_path):
    found = read(picture(tmp_path, (BOX * 255).astype(np.uint8), ".jpg", quality=60))
    assert (found ^ BOX).sum() <= 0.05 * BOX.sum()
    assert not found[:5].any()


def test_jpeg_masks_of_dark_colours_are_whole_and_faint_ones_are_empty(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[BOX], pixels[OTHER] = (128, 0, 0), (0, 128, 0)
    found = read(picture(tmp_path, pixels, ".jpg", quality=90))
    assert (found ^ (BOX | OTHER)).sum() <= 0.05 * BOX.sum()
    assert not read(picture(tmp_path, BOX.astype(np.uint8), ".jpg")).any()


def test_a_palette_with_a_transparent_background(tmp_path):
    image = Image.fromarray((BOX * 1).astype(np.uint8)).convert("P")
    image.putpalette([255, 255, 255, 255, 0, 0])
    file = tmp_path / f"{STEM}.png"
    image.save(file, transparency=0)
    assert (read(file) == BOX).all()


def test_what_is_transparent_is_outside_whatever_its_colour(tmp_path):
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    pixels[BOX] = 255  # drawn, on opaque black; beyond it white that is not shown
    pixels[5:36, 10:40, 3] = 255
    pixels[:, 40:] = (255, 255, 255, 0)
    assert (read(picture(tmp_path, pixels)) == BOX).all()


def test_one_grey_level_may_be_transparent(tmp_path):
    file = tmp_path / f"{STEM}.png"
    Image.fromarray((BOX * 200 + OTHER * 90).astype(np.uint8)).save(file, transparency=90)
    assert (read(file) == BOX).all()
    assert not read(picture(tmp_path, np.full((ROWS, COLUMNS, 4), (255, 255, 255, 0), np.uint8))).any()


@pytest.mark.parametrize("mode", ["L", "1"])
def test_inverted_displays_of_tiff(tmp_path, mode):
    """ImageJ stores 255 in the lesion and shows it black; another tool shows the lesion white."""
    file = tmp_path / f"{STEM}.tif"
    for shown in (~BOX, BOX):
        Image.fromarray((shown * 255).astype(np.uint8)).convert(mode).save(file, tiffinfo={262: 0})
        with Image.open(file) as saved:
            assert saved.tag_v2[262] == 0
            assert ((np.asarray(saved) > 0) == shown).all()
        assert (read(file) == BOX).all()
        assert (read_mask(file) == BOX).all()


def test_a_mask_shown_white_on_black_is_not_inverted(tmp_path):
    assert (read(picture(tmp_path, (BOX * 255).astype(np.uint8), ".tif")) == BOX).all()
    assert (read(picture(tmp_path, (~BOX * 255).astype(np.uint8), ".tif")) == ~BOX).all()


@pytest.mark.parametrize("value", [1 / 255, 0.2, 1, 3, 255])
def test_masks_of_fractions(tmp_path, value):
    file = picture(tmp_path, (BOX * value).astype(np.float32), ".tif")
    assert (read(file) == BOX).all()
    if value in (1, 3):
        assert (read(file, label=str(value)) == BOX).all()
