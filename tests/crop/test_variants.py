"""What the variants of a study change in the crops."""

from pathlib import Path

import numpy as np
import pytest

from sonomics.core.images import path_with_overlays, read_grey, read_mask, write_png
from sonomics.core.schemas import FEATURES
from sonomics.select.steps.reliability import tabulate_reliability
from sonomics.select.table.rows import pair_repeats
from tests.crop.chunk import Chunk

PERTURB = {"times": 2, "grow": 0.1, "shift": 0.1, "rotate": 10, "contour": 0.02}
ANALYSIS = {"reader": "reader_1", "session": "1"}
NAME = "P1-e1-i1-f0"


@pytest.fixture
def chunk(tmp_path: Path) -> Chunk:
    """One image with an outline of reader 1."""
    made = Chunk(tmp_path)
    made.image(NAME)
    made.outline("P1-e1-i1")
    return made


def test_overlays_come_back_where_they_were_removed(chunk: Chunk) -> None:
    chunk.image("P2-e1-i1-f0")
    chunk.outline("P2-e1-i1")
    chunk.rows[0]["overlay_pixels"] = 7
    with_marks = np.full((40, 50), 255, np.uint8)
    with_marks[::2] = 254
    write_png(path_with_overlays(Path(chunk.rows[0]["file"])), with_marks)
    cleaned = {case: read_grey(Path(file)) for case, file in chunk.crop().set_index("case")["file"].items()}
    exported = chunk.crop(pixels="as_exported").set_index("case")["file"]
    assert (cleaned["P1"] < 254).any()
    assert (read_grey(Path(exported["P1"])) >= 254).all()
    np.testing.assert_array_equal(read_grey(Path(exported["P2"])), cleaned["P2"])


def test_models_can_see_another_readers_outlines(chunk: Chunk) -> None:
    chunk.image("P2-e1-i1-f0")
    chunk.outline("P2-e1-i1")
    chunk.outline("P1-e1-i1", reader="reader_2")
    table = chunk.crop(analysis={"reader": "reader_2", "session": "1"})
    assert table.loc[NAME, "reader_2", "1"]["keep"]
    assert table.loc["P2-e1-i1-f0", "reader_2", "1"]["reason"] == "no_outline"


def test_models_can_see_a_perturbed_copy_in_place_of_the_outline(chunk: Chunk) -> None:
    plain = chunk.crop(perturb=PERTURB)
    masks = {index[1:]: read_mask(Path(file)) for index, file in plain["mask"].items()}
    moved = chunk.crop(perturb=PERTURB, analysis={**ANALYSIS, "perturbed": 2})
    assert list(moved.index) == [(NAME, "perturbed", "1"), (NAME, *ANALYSIS.values())]
    np.testing.assert_array_equal(read_mask(Path(moved.loc[NAME, "reader_1", "1"]["mask"])), masks["perturbed", "2"])
    assert moved.loc[NAME, "reader_1", "1"]["outline_pixels"] != plain.loc[NAME, "reader_1", "1"]["outline_pixels"]


def test_perturbed_copies_of_one_readers_outlines_give_an_icc(chunk: Chunk) -> None:
    for number in range(2, 9):
        chunk.image(f"P{number}-e1-i1-f0")
        chunk.outline(f"P{number}-e1-i1", rows=slice(20, 24 + 3 * number))
    crops = chunk.crop(perturb=PERTURB).reset_index()
    noise = np.random.default_rng(0).normal(size=len(crops))
    features = crops.assign(hash="")[list(FEATURES.columns)].assign(
        t__size=crops["outline_pixels"].astype(float), t__noise=noise
    )
    table = tabulate_reliability(pair_repeats(features, "image", tuple(ANALYSIS.values())))
    table = table[table["form"] == "2,1"].set_index(["repeat", "feature"])
    for copy in ("perturbed/1", "perturbed/2"):
        assert table.loc[copy, "t__size"]["rows"] == 8
        assert table.loc[copy, "t__size"]["icc"] > 0.75 > table.loc[copy, "t__noise"]["icc"]


def test_a_copy_that_became_too_small_is_set_aside(chunk: Chunk) -> None:
    shrunk = {"times": 4, "grow": 0.6, "shift": 0, "rotate": 0, "contour": 0}
    copies = chunk.crop(perturb=shrunk, min_pixels=110).xs("perturbed", level="reader")
    assert set(copies["reason"]) == {"", "outline_small"}
    number = int(copies.index[copies["reason"] == "outline_small"][0][1])
    own = chunk.crop(perturb=shrunk, min_pixels=110, analysis={**ANALYSIS, "perturbed": number}).loc[
        NAME, "reader_1", "1"
    ]
    assert (own["keep"], own["reason"]) == (False, "outline_small")
