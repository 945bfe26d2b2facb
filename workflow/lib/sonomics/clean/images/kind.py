"""Read what the elements of a file state about its kind: flow, dimensions, contrast agent."""

from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import EnhancedUSVolumeStorage

from sonomics.clean.images.scan_region import states_flow
from sonomics.clean.images.tags import read_items, read_number, read_text

YES, NO, NOT_STATED = "yes", "no", ""
STATED, SEEN = "stated", "seen"
TWO, THREE = "2d", "3d"
TISSUE, FLOW, CONTRAST = "tissue", "flow", "contrast"

# Bits of the fourth value of Image Type (PS3.3 C.8.5.6.1.1).
DOPPLER, RENDERING, POWER = 0x0010, 0x0040, 0x0100


@dataclass(frozen=True)
class StatedKind:
    """What the elements of a file state about its kind; "" where they state nothing.

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


def read_stated_kind(tags: Dataset) -> StatedKind:
    """Read what the elements of a file state about its kind."""
    modes = _read_modes(tags)
    present = {1.0: YES, 0.0: NO}.get(read_number(tags, "UltrasoundColorDataPresent"), NOT_STATED)
    volume = read_text(tags, "SOPClassUID") == EnhancedUSVolumeStorage or bool(modes & RENDERING)
    agent = read_text(tags, "ContrastBolusAgent") or read_text(tags, "ContrastBolusStartTime")
    return StatedKind(
        flow=YES if states_flow(tags) or modes & (DOPPLER | POWER) else present,
        dimension=THREE if volume else TWO if modes else NOT_STATED,
        contrast=STATED if agent or read_items(tags, "ContrastBolusAgentSequence") else NOT_STATED,
    )


def _read_modes(tags: Dataset) -> int:
    values = read_text(tags, "ImageType").split("\\")
    try:
        return int(values[3], 16) if len(values) > 3 else 0
    except ValueError:
        return 0
