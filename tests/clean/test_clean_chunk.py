"""Where overlays are removed, the image with them stays beside the clean one, for the variant that keeps them."""

from pathlib import Path

import numpy as np

from sonomics.clean import clean_chunk
from sonomics.core import schemas
from sonomics.core.images import path_with_overlays, read_grey
from sonomics.core.tables import read_table
from tests.clean.overlays.test_remove import drawn, speckle
from tests.clean.test_jobs import export, settings


def test_the_image_with_its_overlays_stays_beside_the_clean_one(inside: Path) -> None:
    plain, (with_marks, _) = speckle(seed=1), drawn(speckle())
    export(Path("data/export/0"), {"P01-e1-i1": with_marks, "P02-e1-i1": plain})
    removing = settings({}).replace('"keep"', '"remove"')
    out = ["--frames", "frames", "--images", "images.parquet", "--curves", "curves.parquet"]
    clean_chunk.main(["--settings", removing, "--exams", "data/export/0", *out])
    table = read_table(Path("images.parquet"), schemas.IMAGES).set_index("case")
    touched, untouched = table.loc["P01"], table.loc["P02"]
    assert touched["overlay_pixels"] > 0 == untouched["overlay_pixels"]
    before = read_grey(path_with_overlays(Path(touched["file"])))
    top, left = touched["offset_row"], touched["offset_column"]
    np.testing.assert_array_equal(before, with_marks[top : top + before.shape[0], left : left + before.shape[1]])
    assert (before != read_grey(Path(touched["file"]))).any()
    assert not path_with_overlays(Path(untouched["file"])).exists()
