import numpy as np
import pytest
from pydicom.dataset import Dataset

from sonomics.export.deidentify.frames import boxes_around, find_scan_and_text
from sonomics.export.deidentify.scan_region import blank_outside, find_scan
from sonomics.imaging.boxes import Box
from sonomics.imaging.burned_in_text.finders import FINDERS, find_by_strokes
from tests.export.planted import written

SCAN = np.random.default_rng(0).integers(20, 120, (120, 160)).astype(np.uint8)


def region(top, left, bottom, right, shows=1, data=1):
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType = shows, data
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    return item


def screen(rows=240, columns=320, at=(60, 80)):
    frame = np.zeros((rows, columns), np.uint8)
    frame[at[0] : at[0] + 120, at[1] : at[1] + 160] = SCAN
    return frame


def with_regions(*items):
    dataset = Dataset()
    dataset.SequenceOfUltrasoundRegions = list(items)
    return dataset


def test_two_stated_regions_are_kept_and_bars_are_not():
    dataset = with_regions(region(10, 10, 99, 99), region(10, 120, 99, 299), region(0, 0, 5, 5, 0, 13))
    scan = find_scan(dataset, screen())
    assert (scan.boxes, scan.source) == ((Box(10, 10, 100, 100), Box(10, 120, 100, 300)), "stated")


def test_the_far_edge_may_be_counted_and_larger_boxes_are_stale():
    scan = find_scan(with_regions(region(60, 80, 240, 320)), screen())
    assert (scan.boxes, scan.stale) == ((Box(60, 80, 240, 320),), 0)
    stale = find_scan(with_regions(region(60, 80, 300, 700)), screen())
    assert (stale.source, stale.stale) == ("detected", 1)


def test_the_scan_is_detected_and_a_banner_of_one_colour_is_not():
    frame = screen()
    frame[:40] = 90
    (box,) = find_scan(Dataset(), frame).boxes
    np.testing.assert_allclose(box, (60, 80, 180, 240), atol=4)


@pytest.mark.parametrize("at", [(60, 250), (200, 80)])
def test_both_views_of_a_dual_display_are_detected(at):
    frame = screen(rows=340, columns=430)
    frame[at[0] : at[0] + 110, at[1] : at[1] + 150] = SCAN[:110, :150]
    frame[10:40, 10:40] = SCAN[:30, :30]
    scan = find_scan(Dataset(), frame)
    assert scan.source == "detected"
    np.testing.assert_allclose(scan.boxes, [(60, 80, 180, 240), (*at, at[0] + 110, at[1] + 150)], atol=4)


def test_a_frame_full_of_scan_is_kept_whole():
    assert find_scan(Dataset(), SCAN) == (((0, 0, 120, 160),), "whole frame", 0)


@pytest.mark.parametrize("colour", [False, True])
def test_every_frame_is_black_outside(colour):
    frames = np.full((3, 20, 30, 3) if colour else (3, 20, 30), 7, np.uint8)
    clean, blanked = blank_outside(frames, [Box(5, 5, 15, 25)])
    assert blanked.sum() == 20 * 30 - 200
    assert clean.reshape(3, 20, 30, -1)[:, 5:15, 5:25].min() == 7
    assert clean.sum() == 7 * 3 * 200 * (3 if colour else 1)


@pytest.mark.parametrize("shown", [{0}, {2, 3}, {1, 2, 3}, {6}])
def test_writing_on_any_frame_of_a_clip_is_found(shown):
    frames = np.stack([screen() for _ in range(7)])
    plain = frames.copy()
    for number in shown:
        frames[number] = written(frames[number], (100, 100), "JANE DOE")
    _, mask = find_scan_and_text(with_regions(region(60, 80, 179, 239)), frames, find_by_strokes)
    assert mask[(frames != plain).any(axis=0)].mean() > 0.98
    assert mask.mean() < 0.1
    assert all(box.top >= 60 for box in boxes_around(mask))


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("shown", [{0}, {4}, {3, 4}, {8}])
def test_writing_on_a_frame_that_is_dark_where_others_are_bright_is_found(finder, shown):
    dark = screen()
    bright = dark.copy()
    bright[60:180, 80:240] = 255 - (255 - SCAN) // 4
    frames = np.stack([bright] * 9)
    for number in shown:
        frames[number] = written(dark, (100, 100), "JANE DOE")
    letters = frames[min(shown)] != dark
    _, mask = find_scan_and_text(with_regions(region(60, 80, 179, 239)), frames, FINDERS[finder])
    assert mask[letters].mean() > 0.95
    assert mask.mean() < 0.1


def test_the_scan_does_not_depend_on_the_finder():
    frame = written(screen(), (100, 100), "JANE DOE")
    scans = [find_scan_and_text(Dataset(), frame[None], find)[0] for find in FINDERS.values()]
    assert scans[0] == scans[1]
