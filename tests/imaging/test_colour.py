"""Flow by colour in the tissue, not by coloured marks."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.clean.images.scan_region import find_scans
from sonomics.imaging.brightness import luma
from sonomics.imaging.colour import flow_share, shows_flow

FLOW = {"atl_hdi5000_colordoppler_single_JPEG", "atl_hdi5000_colordoppler_single_YBRFULL",
        "barre_US-RGB-8-epicard_powerdoppler_bigendian", "barre_US-RGB-8-esopecho_colordoppler", "US1_J2KI",
        "US1_UNCR"}  # fmt: skip


@pytest.fixture
def tissue() -> NDArray[np.uint8]:
    grey = np.random.default_rng(0).integers(30, 160, (200, 240, 1), dtype=np.uint8)
    return np.repeat(grey, 3, axis=2)


def painted(tissue: NDArray[np.uint8], colour: tuple[float, float, float]) -> NDArray[np.uint8]:
    """Paint a round vessel of 1,257 pixels, brighter to its middle."""
    rows, columns = np.indices(tissue.shape[:2])
    reach = np.hypot(rows - 100, columns - 120) / 20
    vessel = (np.clip(1.2 - 0.6 * reach, 0, 1)[..., None] * colour).astype(np.uint8)
    return np.where((reach < 1)[..., None], vessel, tissue)


@pytest.mark.parametrize("colour", [(255, 40, 0), (20, 60, 255), (255, 140, 0)])
def test_flow_is_a_shaded_patch_of_colour_among_echoes(tissue: NDArray[np.uint8], colour: tuple[int, int, int]) -> None:
    share = flow_share(painted(tissue, colour))
    assert share == pytest.approx(np.pi * 20**2 / (200 * 240), rel=0.05)
    assert shows_flow(share)


def test_grey_shows_no_flow(tissue: NDArray[np.uint8]) -> None:
    assert flow_share(tissue) == flow_share(tissue[..., 0]) == 0


@pytest.mark.parametrize("colour", [(255, 255, 0), (0, 255, 0), (60, 90, 255)])
def test_coloured_marks_are_no_flow(tissue: NDArray[np.uint8], colour: tuple[int, int, int]) -> None:
    cv2.putText(tissue, "D 2.1", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1)
    cv2.line(tissue, (10, 150), (200, 180), colour, 1)
    assert not shows_flow(flow_share(tissue))


def test_a_logo_beside_the_scan_is_no_flow(tissue: NDArray[np.uint8]) -> None:
    screen = np.zeros((200, 480, 3), np.uint8)
    screen[:, 240:] = tissue
    screen[:, :240] = painted(np.zeros_like(tissue), (20, 60, 255))
    assert not shows_flow(flow_share(screen))


def test_a_tinted_scan_is_no_flow(tissue: NDArray[np.uint8]) -> None:
    assert flow_share((tissue * np.array([1, 0.6, 0.2])).astype(np.uint8)) == 0


@pytest.mark.realdata
def test_flow_of_real_files() -> None:
    found = set()
    for file in Path(os.environ["SONOMICS_REALDATA"], "us-dicom").rglob("*.dcm"):
        with ignore_harmless_warnings():
            recording = open_recording(file)
            frame = next(recording.frames([0]))
            regions = find_scans(recording.tags, luma(frame)).regions
        if any(shows_flow(flow_share(region.cut(frame))) for region in regions):
            found.add(file.stem)
    assert found == FLOW
