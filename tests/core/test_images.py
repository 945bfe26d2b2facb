import numpy as np
import pytest
from PIL import Image

from sonomics.core.images import read_grey, read_mask, stem_of, write_png


def test_png_is_lossless_and_repeatable(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5), dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels)
    write_png(tmp_path / "b.png", pixels)
    assert (read_grey(tmp_path / "a.png") == pixels).all()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("inside", [1, 255])
def test_masks_of_any_scale_are_read(tmp_path, inside):
    mask = np.zeros((4, 4), np.uint8)
    mask[1:3, 1:3] = inside
    Image.fromarray(mask).save(tmp_path / "m.png")
    assert (read_mask(tmp_path / "m.png") == (mask > 0)).all()


def test_a_transparent_mask_is_read(tmp_path):
    mask = np.zeros((4, 4, 4), np.uint8)
    mask[1:3, 1:3, 3] = 90
    Image.fromarray(mask).save(tmp_path / "m.png")
    assert (read_mask(tmp_path / "m.png") == (mask[..., 3] > 0)).all()


def test_a_jpeg_mask_has_no_rim_of_smeared_pixels(tmp_path):
    mask = np.zeros((40, 40), np.uint8)
    mask[11:30, 13:28] = 255
    Image.fromarray(mask).save(tmp_path / "m.jpg", quality=60)
    assert (read_mask(tmp_path / "m.jpg") ^ (mask > 0)).sum() <= 0.02 * (mask > 0).sum()


def test_a_coloured_mask_is_read(tmp_path):
    mask = np.zeros((4, 4, 3), np.uint8)
    mask[0, 0] = (0, 0, 200)
    Image.fromarray(mask).save(tmp_path / "m.png")
    assert read_mask(tmp_path / "m.png").sum() == 1


def test_the_longest_stem_wins_and_only_whole_parts_match():
    stems = {"P1-e1-i1", "P1-e1-i1-f3", "P1-e1-i2"}
    assert stem_of("P1-e1-i1-f3", stems) == "P1-e1-i1-f3"
    assert stem_of("P1-e1-i1-f4", stems) == "P1-e1-i1"
    assert stem_of("P1-e1-i22-f0", stems) is None
