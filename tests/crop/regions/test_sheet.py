"""The contact sheet of a chunk."""

import numpy as np
import pytest

from sonomics.crop.regions.sheet import GAP, SIDE, TITLE, draw_contact_sheet


@pytest.mark.parametrize(("count", "rows", "across"), [(0, 1, 1), (3, 1, 3), (8, 1, 8), (10, 2, 8), (200, 8, 8)])
def test_a_sheet_has_eight_tiles_a_row_and_at_most_64(count, rows, across):
    tile = np.full((30, 20), 90, np.uint8)
    sheet = draw_contact_sheet([(f"P{number}", "reader_1, session 1", tile, tile > 0) for number in range(count)])
    assert sheet.shape == (rows * (SIDE + TITLE), across * (SIDE + GAP), 3)
    tiles = sheet.reshape(rows, SIDE + TITLE, across, SIDE + GAP, 3)
    assert (tiles == 90).all(axis=4).any(axis=(1, 3)).sum() == min(count, 64)
