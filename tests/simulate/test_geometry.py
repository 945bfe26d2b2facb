"""Beam space, tissue space, pixels."""

import numpy as np
import pytest

from sonomics.simulate.scanner.devices import CLIP, DEVICES, STILL, Device
from sonomics.simulate.scanner.geometry import Placement, Sector, bounds, fit, footprint, scan_convert

SECTOR = Sector(radius_mm=50, width_deg=60, depth_mm=100, samples=200, beams=120)


def test_scan_conversion_puts_tissue_where_it_is() -> None:
    placement = fit(SECTOR, (300, 300), (10, 10, 280, 280))
    x, z = SECTOR.tissue()
    inside = footprint(SECTOR, placement)
    row, column = np.nonzero(inside)
    for field, expected in (
        (x, (column - placement.face_column) * placement.mm_per_pixel),
        (z, (row - placement.face_row) * placement.mm_per_pixel),
    ):
        assert scan_convert(field, SECTOR, placement)[inside] == pytest.approx(expected, abs=0.05)
    assert not scan_convert(np.ones_like(x), SECTOR, placement)[~inside].any()


def test_pixels_are_millimetres_over_spacing() -> None:
    placement = Placement(10, 10, 0.5, face_row=3, face_column=5)
    row, column = placement.pixels(np.array([1.0]), np.array([4.0]))
    assert (row.item(), column.item()) == (11, 7)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_sectors_fit_their_boxes(device: Device) -> None:
    for sector, placement, box, shape in (
        (device.still, device.still_placement(), device.still_box, STILL),
        (device.clip, device.clip_placement(), device.clip_box, CLIP),
    ):
        top, left, bottom, right = bounds(sector, placement)
        assert box[0] - 1 <= top < bottom <= box[0] + box[2] <= shape[0]
        assert box[1] - 1 <= left < right <= box[1] + box[3] <= shape[1]


def test_beams_spread_with_depth() -> None:
    pitch = SECTOR.beam_pitch_mm()
    assert pitch[-1] / pitch[0] == pytest.approx(150 / 50)
