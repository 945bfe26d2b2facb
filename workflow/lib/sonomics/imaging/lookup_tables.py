"""Grey levels that a header maps by tables: the Modality LUT and the VOI LUT (PS3.3 C.11.1, C.11.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing

from sonomics.imaging.grey_levels import INVERTED, WHITE, states_window

MODALITY, VOI = "ModalityLUTSequence", "VOILUTSequence"


def states_lookup(tags: Dataset) -> bool:
    """Tell whether a header maps the grey levels of its frames by a table."""
    return bool(tags.get(MODALITY) or tags.get(VOI))


def show_by_lookup(frame: NDArray[Any], tags: Dataset) -> NDArray[np.uint8]:
    """Map a grey frame by the tables of its header to 8 bits as they are displayed; white is bright.

    The VOI LUT is used, the first where there are several; without one, the window; without either, the range of the
    Modality LUT is that of the display.

    Parameters
    ----------
    frame : (rows, columns) unsigned int array
        As stored.
    tags : Dataset

    Raises
    ------
    ValueError
        When the pixels are signed: the tables begin at a negative level.
    Exception
        Of many types, when a table is malformed.
    """
    if int(tags.get("PixelRepresentation", 0)):
        raise ValueError("a table of signed levels")
    levels = np.rint(apply_modality_lut(frame, tags)).astype(np.int64)
    if tags.get(VOI):
        levels, highest = apply_voi(levels, tags), _find_highest(tags[VOI][0])
    elif states_window(tags):
        levels, highest = apply_windowing(levels, tags), 2 ** int(tags[MODALITY][0].LUTDescriptor[2]) - 1
    else:
        highest = _find_highest(tags[MODALITY][0])
    shown = np.clip(np.rint(levels * (WHITE / highest)), 0, WHITE)
    return np.asarray(WHITE - shown if tags.PhotometricInterpretation == INVERTED else shown, dtype=np.uint8)


def state_display_levels(header: Dataset) -> None:
    """State in a header that its frames have the levels of the display, of 8 bits, which nothing maps further."""
    for keyword in (MODALITY, VOI, "WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        header.pop(keyword, None)
    header.BitsStored = 8


def _find_highest(table: Dataset) -> int:
    """Find the level that a table shows as white; entries of 16 bits that hold 8 state their depth wrongly."""
    data = table.LUTData
    entries = np.frombuffer(data, dtype="<u2") if isinstance(data, bytes) else np.atleast_1d(np.asarray(data))
    stated: int = 2 ** int(table.LUTDescriptor[2]) - 1
    return WHITE if int(entries.max(initial=0)) <= WHITE else stated
