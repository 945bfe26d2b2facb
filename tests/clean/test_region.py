"""The scan region: stated, stale or detected."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.clean.region import Region, calibrated_regions, detected_region, scan_region


@pytest.fixture
def frames() -> NDArray[np.uint8]:
    """A scan of 100 x 120 pixels at (40, 50), and a line of text above."""
    screen = np.zeros((1, 200, 240), dtype=np.uint8)
    screen[0, 40:140, 50:170] = np.random.default_rng(0).integers(40, 200, (100, 120))
    screen[0, 4:10, 10:150:4] = 255
    return screen


def test_a_stated_region_is_taken(frames: NDArray[np.uint8]) -> None:
    stated = Region(41, 52, 139, 160, 0.2)
    assert scan_region((stated,), frames) == stated


def test_a_region_larger_than_the_frame_is_stale_with_its_spacing(frames: NDArray[np.uint8]) -> None:
    stale = Region(41, 52, 139, 480, 0.2)
    found = scan_region((stale,), frames)
    assert (found.top, found.left, found.bottom, found.right) == (40, 50, 140, 170)
    assert math.isnan(found.spacing_mm)


def test_a_region_one_pixel_too_large_is_clipped(frames: NDArray[np.uint8]) -> None:
    assert scan_region((Region(0, 0, 201, 241, 0.2),), frames) == Region(0, 0, 200, 240, 0.2)


def test_a_scan_that_nearly_fills_the_frame_is_left_whole(frames: NDArray[np.uint8]) -> None:
    close = frames[:, 38:142, 48:172]
    found = detected_region(close)
    assert (found.top, found.left, found.bottom, found.right) == (0, 0, 104, 124)


def test_a_black_frame_is_left_whole() -> None:
    found = detected_region(np.zeros((2, 60, 80), dtype=np.uint8))
    assert (found.top, found.left, found.bottom, found.right) == (0, 0, 60, 80)


def region_item(**changes: float) -> Dataset:
    item = Dataset()
    values = {
        "RegionSpatialFormat": 1, "RegionLocationMinX0": 10, "RegionLocationMinY0": 20, "RegionLocationMaxX1": 109,
        "RegionLocationMaxY1": 219, "PhysicalUnitsXDirection": 3, "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.05, "PhysicalDeltaY": 0.05,
    }  # fmt: skip
    for name, value in (values | changes).items():
        setattr(item, name, value)
    return item


def regions_of(*items: Dataset) -> tuple[Region, ...]:
    dataset = Dataset()
    dataset.SequenceOfUltrasoundRegions = list(items)
    return calibrated_regions(dataset)


def test_centimetres_become_millimetres_and_graphs_are_passed_over() -> None:
    assert regions_of(region_item(RegionSpatialFormat=4), region_item()) == (Region(20, 10, 220, 110, 0.5),)


@pytest.mark.parametrize("changes", [{"PhysicalDeltaY": 0.06}, {"PhysicalUnitsXDirection": 4}, {"PhysicalDeltaX": 0.0}])
def test_spacing_is_unknown_without_square_pixels_in_centimetres(changes: dict[str, float]) -> None:
    assert math.isnan(regions_of(region_item(**changes))[0].spacing_mm)
