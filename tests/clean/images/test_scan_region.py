"""The scan regions: stated, stale, several, or seen on the frame."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.clean.images.scan_region import Region, find_scans, read_stated_regions, states_flow
from sonomics.imaging.boxes import Box
from sonomics.imaging.brightness import luma
from tests.clean.dicom_files import region_item

LARGE = np.zeros((300, 400), dtype=np.uint8)


@pytest.fixture
def frame() -> NDArray[np.uint8]:
    """A scan of 100 x 120 pixels at (40, 50), and a line of text above."""
    screen = np.zeros((200, 240), dtype=np.uint8)
    screen[40:140, 50:170] = np.random.default_rng(0).integers(40, 200, (100, 120))
    screen[4:10, 10:150:4] = 255
    return screen


def tags_of(*items: Dataset, **elements: object) -> Dataset:
    tags = Dataset()
    tags.SequenceOfUltrasoundRegions = list(items)
    for name, value in elements.items():
        setattr(tags, name, value)
    return tags


def test_a_stated_region_is_taken_with_its_spacing() -> None:
    found = find_scans(tags_of(region_item()), LARGE)
    assert found.regions == (Region(Box(20, 10, 220, 110), 0.5, "region"),)
    assert (found.region_from, found.set_aside) == ("stated", 0)


def test_graphs_are_passed_over() -> None:
    graph = region_item(RegionSpatialFormat=4)
    assert find_scans(tags_of(graph, region_item()), LARGE).regions == (Region(Box(20, 10, 220, 110), 0.5, "region"),)


def test_a_dual_view_has_two_regions_in_the_order_of_the_file() -> None:
    right = region_item(RegionLocationMinX0=210, RegionLocationMaxX1=309)
    found = find_scans(tags_of(right, region_item()), LARGE)
    assert [region.box for region in found.regions] == [(20, 210, 220, 310), (20, 10, 220, 110)]


def test_a_colour_box_inside_the_scan_is_no_view_of_its_own() -> None:
    box = region_item(RegionDataType=2, RegionLocationMinY0=60, RegionLocationMaxY1=120)
    tags = tags_of(box, region_item())
    assert [region.box for region in find_scans(tags, LARGE).regions] == [(20, 10, 220, 110)]
    assert states_flow(tags)
    assert not states_flow(tags_of(region_item()))


def test_a_stale_region_is_set_aside_and_counted_with_its_spacing(frame: NDArray[np.uint8]) -> None:
    stale = region_item(RegionLocationMaxX1=480)
    found = find_scans(tags_of(stale, PixelSpacing=[0.3, 0.3]), frame)
    (region,) = found.regions
    assert region.box == (40, 50, 140, 170)
    assert math.isnan(region.spacing_mm)
    assert (region.spacing_from, found.region_from, found.set_aside) == ("stale", "rectangle", 1)


def test_a_good_region_beside_a_stale_one_is_taken() -> None:
    found = find_scans(tags_of(region_item(RegionLocationMaxY1=999), region_item()), LARGE)
    assert (len(found.regions), found.set_aside) == (1, 1)


def test_a_region_one_pixel_too_large_is_clipped() -> None:
    far = region_item(RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=400, RegionLocationMaxY1=300)
    assert find_scans(tags_of(far), LARGE).regions[0].box == (0, 0, 300, 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"RegionLocationMaxX1": 12},  # 3 pixels wide
        {"RegionLocationMaxX1": 5},  # turned inside out
        {"RegionLocationMaxY1": None},  # absent
    ],
)
def test_boxes_that_are_no_scan_are_set_aside(changes: dict[str, int | None], frame: NDArray[np.uint8]) -> None:
    item = region_item(**{name: value or 0 for name, value in changes.items()})
    for name in (name for name, value in changes.items() if value is None):
        del item[name]
    assert find_scans(tags_of(item), frame).set_aside == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"PhysicalDeltaY": 0.06}, "not_square"),
        ({"PhysicalUnitsXDirection": 4}, "not_length"),
        ({"PhysicalDeltaX": 0.0}, "unknown"),
    ],
)
def test_spacing_is_unknown_and_says_why(changes: dict[str, float], why: str) -> None:
    (region,) = read_stated_regions(tags_of(region_item(**changes)))
    assert math.isnan(region.spacing_mm)
    assert region.spacing_from == why


def test_pixel_spacing_serves_where_no_region_is_stated(frame: NDArray[np.uint8]) -> None:
    tags = Dataset()
    tags.PixelSpacing = [0.3, 0.3]
    (region,) = find_scans(tags, frame).regions
    assert (region.spacing_mm, region.spacing_from) == (0.3, "pixel_spacing")


@pytest.mark.realdata
def test_regions_of_real_files() -> None:
    found = {}
    for file in Path(os.environ["SONOMICS_REALDATA"], "us-dicom").rglob("*.dcm"):
        with ignore_harmless_warnings():
            recording = open_recording(file)
            scans = find_scans(recording.tags, luma(next(recording.frames([0]))))
        found[file.name] = (len(scans.regions), scans.set_aside, scans.regions[0].spacing_from)
    assert found["gdcm-US-ALOKA-16.dcm"] == (2, 0, "region")
    assert {name for name, (_, set_aside, _) in found.items() if set_aside} == {
        "examples_palette.dcm",
        "examples_ybr_color.dcm",
    }
    assert found["hp_pediatric_echo_34frames_JPEG.dcm"] == (1, 0, "not_square")
    assert sum(known == "region" for _, _, known in found.values()) == 8
