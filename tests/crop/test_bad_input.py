"""Outlines that are odd, and readers who drew nothing."""

from pathlib import Path

import numpy as np
import pytest

from sonomics.core.images import read_grey, read_mask, write_png
from tests.crop.chunk import Chunk

NAME = "P1-e1-i1-f0"


@pytest.fixture
def chunk(tmp_path: Path) -> Chunk:
    """One image, with nothing drawn."""
    made = Chunk(tmp_path)
    made.image(NAME)
    return made


def draw(chunk: Chunk, mask: np.ndarray, reader: str = "reader_1") -> None:
    write_png(chunk.root / "source" / reader / "1" / "P1-e1-i1.png", mask)


def test_one_pixel_is_too_small_unless_params_allow_it(chunk: Chunk) -> None:
    mask = np.zeros((70, 90), bool)
    mask[30, 40] = True
    draw(chunk, mask)
    assert chunk.crop().iloc[0]["reason"] == "outline_small"
    row = chunk.crop(min_pixels=1).iloc[0]
    assert (row["keep"], row["outline_pixels"], row["rows"], row["columns"]) == (True, 1, 5, 5)


@pytest.mark.parametrize("region", ["lesion", "ring", "background"])
def test_a_region_that_touches_the_border_is_cropped_inside_the_image(chunk: Chunk, region: str) -> None:
    mask = np.zeros((70, 90), bool)
    mask[5:22, 15:30] = True  # the clean image begins at row 10, column 20
    draw(chunk, mask)
    row = chunk.crop(region=region, ring=0.3).iloc[0]
    assert row["keep"]
    inside = read_mask(Path(row["mask"]))
    assert inside.shape == (row["rows"], row["columns"])
    if region == "lesion":
        assert row["outline_pixels"] == 12 * 10
        assert inside[0, 0]


def test_an_outline_of_the_whole_image_is_told_unless_params_accept_it(chunk: Chunk) -> None:
    draw(chunk, np.ones((70, 90), bool))
    assert chunk.crop().iloc[0]["reason"] == "outline_inverted"
    assert chunk.crop(max_share=1).iloc[0]["outline_pixels"] == 40 * 50
    assert chunk.crop(region="background", max_share=1).iloc[0]["reason"] == "no_background"
    assert chunk.crop(region="ring", ring=0.2, max_share=1).iloc[0]["reason"] == "no_background"


def test_masks_that_cannot_be_a_lesion_are_told_by_name(chunk: Chunk, caplog: pytest.LogCaptureFixture) -> None:
    inverted = np.ones((70, 90), bool)
    inverted[20:40, 30:50] = False
    draw(chunk, inverted)
    assert chunk.crop().iloc[0]["reason"] == "outline_inverted"
    assert "P1-e1-i1.png: the outline touches all four sides" in caplog.text
    nearly_everything = np.zeros((70, 90), bool)
    nearly_everything[1:, 1:] = True
    draw(chunk, nearly_everything)
    assert chunk.crop().iloc[0]["reason"] == "outline_large"
    whole_scan = np.zeros((70, 90), bool)
    whole_scan[10:50, 20:70] = True  # the clean image
    draw(chunk, whole_scan)
    assert chunk.crop().iloc[0]["reason"] == "outline_large"
    assert chunk.crop(max_share=1).iloc[0]["keep"]


def test_a_region_of_one_grey_level_is_set_aside(chunk: Chunk) -> None:
    file = Path(chunk.rows[0]["file"])
    pixels = read_grey(file).copy()
    pixels[10:30, 10:30] = 7
    write_png(file, pixels)
    mask = np.zeros((70, 90), bool)
    mask[25:35, 35:45] = True
    draw(chunk, mask)
    assert chunk.crop().iloc[0]["reason"] == "no_variation"


def test_when_the_analysis_reader_outlined_nobody_every_image_is_set_aside_with_that_reason(chunk: Chunk) -> None:
    draw(chunk, np.pad(np.ones((20, 20), bool), ((20, 30), (30, 40))), reader="reader_2")
    table = chunk.crop().reset_index().set_index("reader")
    assert table.loc["reader_1", "reason"] == "no_outline"
    assert table.loc["reader_2", "keep"]


def test_another_reader_who_outlined_nobody_makes_no_row(chunk: Chunk) -> None:
    draw(chunk, np.pad(np.ones((20, 20), bool), ((20, 30), (30, 40))))
    (chunk.root / "source" / "reader_2" / "1").mkdir(parents=True)
    assert list(chunk.crop().index) == [(NAME, "reader_1", "1")]
