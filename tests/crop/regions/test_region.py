import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.settings.crop import Crop
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.crop.regions.box import bounding_box, extend_to_square
from sonomics.crop.regions.region import equivalent_diameter, select_background, select_region, select_ring


def block(shape, rows, columns):
    outline = np.zeros(shape, bool)
    outline[rows, columns] = True
    return outline


def test_margin_is_a_share_of_the_longer_side_and_at_least_two_pixels():
    outline = block((100, 100), slice(40, 50), slice(30, 70))
    assert bounding_box(outline, 0.25) == (slice(30, 60), slice(20, 80))
    assert bounding_box(outline, 0.001) == (slice(38, 52), slice(28, 72))
    assert bounding_box(outline, 0) == (slice(40, 50), slice(30, 70))


@given(st.integers(0, 19), st.integers(0, 29), st.floats(0, 3))
def test_box_holds_the_outline_and_stays_in_the_image(row, column, margin):
    outline = block((20, 30), slice(row, 20), slice(column, 30))
    rows, columns = bounding_box(outline, margin)
    assert outline[rows, columns].sum() == outline.sum()
    assert rows.start >= 0
    assert rows.stop <= 20
    assert columns.start >= 0
    assert columns.stop <= 30


def test_whole_is_every_pixel():
    assert select_region(np.zeros((4, 5), np.uint8), block((4, 5), 1, 1), Crop.partial({"region": "whole"})).all()


@given(st.integers(0, 48), st.integers(0, 44))
def test_background_is_the_outlines_shape_beside_it(top, left):
    outline = block((60, 60), slice(top, top + 12), slice(left, left + 16))
    outline[top, left] = False
    beside = select_background(np.full((60, 60), 90, np.uint8), outline)
    assert beside.sum() == outline.sum()
    assert not (beside & outline).any()


def test_background_seeks_tissue():
    pixels = np.zeros((40, 90), np.uint8)
    pixels[:, :45] = 90
    outline = block(pixels.shape, slice(10, 20), slice(30, 44))
    assert np.flatnonzero(select_background(pixels, outline).any(axis=0)).max() < 30


@pytest.mark.parametrize("level", [0, 90])
def test_no_room_or_no_tissue_is_refused(level):
    filling = slice(2, 38) if level else slice(10, 20)
    outline = block((40, 40), filling, filling)
    with pytest.raises(RefusedError, match="no_background"):
        select_background(np.full((40, 40), level, np.uint8), outline)


def test_the_ring_lies_around_the_lesion_and_in_the_scan():
    outline = np.zeros((60, 60), bool)
    outline[20:40, 20:40] = True
    pixels = np.full((60, 60), 90, np.uint8)
    pixels[:, 45:] = 0
    around = select_ring(pixels, outline, 0.5)
    assert not (around & outline).any()
    assert not around[:, 45:].any()
    width = 0.5 * equivalent_diameter(outline)
    assert around[30, 19]
    assert around[30, 20 - int(width)]
    assert not around[30, 20 - int(width) - 2]


def test_no_ring_where_nothing_was_scanned():
    with pytest.raises(RefusedError, match="no_background"):
        select_ring(np.zeros((9, 9), np.uint8), np.eye(9, dtype=bool), 0.2)


@given(st.integers(0, 30), st.integers(1, 20), st.integers(0, 30), st.integers(1, 20))
def test_a_squared_box_holds_the_box_and_stays_inside(top, height, left, width):
    box = (slice(top, top + height), slice(left, left + width))
    rows, columns = extend_to_square(box, (60, 60))
    assert rows.stop - rows.start == columns.stop - columns.start == max(height, width)
    assert 0 <= rows.start <= top
    assert top + height <= rows.stop <= 60
    assert 0 <= columns.start <= left
    assert left + width <= columns.stop <= 60


def test_a_squared_box_is_cut_by_a_narrow_image():
    assert extend_to_square((slice(0, 5), slice(0, 20)), (8, 40)) == (slice(0, 8), slice(0, 20))


@pytest.mark.parametrize("corner", [np.s_[:6, :8], np.s_[-6:, -8:]])
def test_regions_at_the_border_keep_crop_ring_and_background_in_the_image(corner):
    outline = block((40, 50), *corner)
    pixels = np.full(outline.shape, 90, np.uint8)
    rows, columns = bounding_box(outline, 0.5)
    assert pixels[rows, columns].shape == (10, 12)
    around, beside = select_ring(pixels, outline, 0.3), select_background(pixels, outline)
    assert around.any()
    assert not (around & outline).any()
    assert beside.sum() == outline.sum()
