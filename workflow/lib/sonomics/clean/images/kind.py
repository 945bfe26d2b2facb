"""What an image is: with or without flow, two- or three-dimensional, with contrast agent."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedUSVolumeStorage

from sonomics.clean.images.scan_region import states_flow
from sonomics.clean.images.tags import items, number, text

YES, NO, NOT_SAID = "yes", "no", ""
STATED, SEEN = "stated", "seen"
TWO, THREE = "2d", "3d"
TISSUE, FLOW, CONTRAST = "tissue", "flow", "contrast"

# Bits of the fourth value of Image Type (PS3.3 C.8.5.6.1.1).
DOPPLER, RENDERING, POWER = 0x0010, 0x0040, 0x0100
VIVID, LIT = 60, 40
THICK, RING, SHADED, ECHOES = 0.009, 3, 4.0, 20
DRAWN, LONG = 0.9, 4
MARK_HUES, ONE_HUE = (45, 190), 12
TINTED = 0.7
LEAST_FLOW = 0.0022


@dataclass(frozen=True)
class Stated:
    """What the elements of a file say of its kind; "" where they say nothing.

    Attributes
    ----------
    flow : str
        `yes` by a flow region or by Image Type, else by Ultrasound Color Data Present; `no` only by the last. Some
        scanners set it for coloured text.
    dimension : str
        `3d` by a rendering in Image Type or by the SOP class of volumes, `2d` by another Image Type.
    contrast : str
        `stated` by Contrast/Bolus Agent, its sequence or start time.
    """

    flow: str
    dimension: str
    contrast: str


def stated_kind(tags: Dataset) -> Stated:
    """Read what the elements of a file say of its kind."""
    modes = _modes(tags)
    present = {1.0: YES, 0.0: NO}.get(number(tags, "UltrasoundColorDataPresent"), NOT_SAID)
    volume = text(tags, "SOPClassUID") == EnhancedUSVolumeStorage or bool(modes & RENDERING)
    agent = text(tags, "ContrastBolusAgent") or text(tags, "ContrastBolusStartTime")
    return Stated(
        flow=YES if states_flow(tags) or modes & (DOPPLER | POWER) else present,
        dimension=THREE if volume else TWO if modes else NOT_SAID,
        contrast=STATED if agent or items(tags, "ContrastBolusAgentSequence") else NOT_SAID,
    )


def flow_share(scan: NDArray[np.uint8]) -> float:
    """Measure how much of a scan is painted with flow.

    Flow is vivid colour (channels apart by 60 grey levels or more) in areas thicker than 0.9 % of the scan's shorter
    side, which leaves out coloured lines and text; shaded and no long plain rectangle, which leaves out logos
    and bars; not all of one green or yellow, which leaves out marks; and surrounded by echoes, which leaves out what
    stands beside the scan. A scan that is coloured nearly throughout (70 % of its lit pixels) is a tinted grey
    map, a contrast map or a 3-D rendering: 0.

    Parameters
    ----------
    scan : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    float
        Share of the scan's pixels; 0 for grey.
    """
    if scan.ndim == 2:
        return 0.0
    brightest = scan.max(axis=2)
    vivid = (brightest - scan.min(axis=2) >= VIVID).astype(np.uint8)
    lit = brightest >= LIT
    if not vivid.any() or vivid[lit].mean() >= TINTED:
        return 0.0
    side = max(3, round(THICK * min(brightest.shape)))
    thick = cv2.morphologyEx(vivid, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(thick)
    painted = 0
    for label, (left, top, width, height, pixels) in enumerate(boxes[1:].tolist(), start=1):
        window = np.s_[max(0, top - RING) : top + height + RING, max(0, left - RING) : left + width + RING]
        bar = pixels >= DRAWN * width * height and max(width, height) >= LONG * min(width, height)
        if not bar and _is_flow(scan[window], labels[window] == label):
            painted += pixels
    return painted / labels.size


def shows_flow(share: float) -> bool:
    """Tell whether a share from `flow_share` is flow: 0.22 % of the scan or more."""
    return share >= LEAST_FLOW


def _is_flow(scan: NDArray[np.uint8], area: NDArray[np.bool_]) -> bool:
    """Tell whether a vivid area is shaded, lies among echoes, and is not of the one green or yellow of a mark."""
    ring = cv2.dilate(area.astype(np.uint8), np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)).astype(bool) & ~area
    colours = scan[area]
    if not ring.any() or np.median(scan.max(axis=2)[ring]) < ECHOES or colours.std(axis=0).max() < SHADED:
        return False
    hue = 2.0 * cv2.cvtColor(colours[None], cv2.COLOR_RGB2HSV)[0, :, 0]
    low, middle, high = np.percentile(hue, [25, 50, 75])
    return not (MARK_HUES[0] <= middle <= MARK_HUES[1] and high - low < ONE_HUE)


def _modes(tags: Dataset) -> int:
    values = text(tags, "ImageType").split("\\")
    try:
        return int(values[3], 16) if len(values) > 3 else 0
    except ValueError:
        return 0
