"""Grey levels of a DICOM frame: padding, the stated window, and the depth that a frame of 16 bits really uses."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_windowing

from sonomics.imaging.brightness import find_top_level

EIGHT_BITS = 8
WHITE = 255
INVERTED = "MONOCHROME1"
# Part of the stated range below which the brightest levels show that the stated depth is not the one used: the frame
# would be black to the eye. A convention.
EVIDENTLY_DARK = 1 / 16

# Share of the lit pixels that a window must leave between black and white; a convention.
SHOWN = 0.25

Grey = NDArray[Any]


class Scale(NamedTuple):
    """How grey levels become 8 bits: by the window of the header, or from 0 to the level that is shown as white."""

    by_window: bool
    white: int


def find_padding(frame: Grey, tags: Dataset) -> NDArray[np.bool_]:
    """Find the pixels that only fill up the frame (Pixel Padding Value, PS3.3 C.7.5.1.1.2).

    Parameters
    ----------
    frame : (rows, columns) unsigned int array
        As stored.
    tags : Dataset

    Returns
    -------
    (rows, columns) bool array
    """
    padding = tags.get("PixelPaddingValue")
    if not isinstance(padding, int):
        return np.zeros(frame.shape, dtype=np.bool_)
    limit = tags.get("PixelPaddingRangeLimit")
    first, last = sorted((padding, limit if isinstance(limit, int) else padding))
    return np.asarray((frame >= first) & (frame <= last))


def read_as_unsigned(frame: Grey, bits: int) -> Grey:
    """Read a frame of signed pixels as unsigned ones, which are all that ultrasound may have (PS3.3 C.8.5.6.1).

    Most often the header is wrong and the bytes are unsigned. Where levels are negative, that reading is compared with
    the one that counts from the lowest level: in the wrong one neighbours across the middle level lie far apart.

    Parameters
    ----------
    frame : (rows, columns) signed int array
    bits : int
        Bits stored.

    Returns
    -------
    (rows, columns) unsigned int array
        Of the reading whose neighbours differ less.
    """
    unsigned = frame.dtype.str.replace("i", "u")
    as_bytes = frame.astype(unsigned) & np.array(2**bits - 1, dtype=unsigned)
    if frame.min() >= 0:
        return np.asarray(as_bytes)
    from_lowest = (frame.astype(np.int64) + 2 ** (bits - 1)).astype(unsigned)
    return min(as_bytes, from_lowest, key=_measure_roughness)


def choose_scale(tags: Dataset, survey: Callable[[], Iterable[Grey]]) -> Scale:
    """Choose how the grey levels of a recording become 8 bits.

    Frames of 8 bits are taken as they are: their levels are those of the display. For deeper ones the window of the
    header is used, unless it cuts off three quarters of what is lit. Without a window, a header that stores fewer bits
    than it allocates states the depth on purpose, and is believed unless the frames would be black. Else the depth is
    the one that the frames use, see `find_top_level`.

    Parameters
    ----------
    tags : Dataset
    survey : function
        Returns some frames as stored, spread over the recording, so that all of its frames share one scale. It is
        called for frames of more than 8 bits.
    """
    bits = int(tags.BitsStored)
    stated = 2**bits - 1
    if bits <= EIGHT_BITS:
        return Scale(False, stated)
    frames = [frame[~find_padding(frame, tags)] for frame in survey()]
    if states_window(tags) and _fits_window(frames, tags):
        return Scale(True, stated)
    used = max(find_top_level(_turn_bright(frame, tags)) for frame in frames)
    states_depth = bits < int(tags.BitsAllocated) and used > EVIDENTLY_DARK * stated
    return Scale(False, stated if states_depth else min(used, stated))


def convert_to_eight_bits(frame: Grey, tags: Dataset, scale: Scale) -> NDArray[np.uint8]:
    """Convert a grey frame to 8 bits; MONOCHROME1 is inverted, padding is black.

    Parameters
    ----------
    frame : (rows, columns) unsigned int array
        As stored.
    tags : Dataset
    scale : Scale
        Of the recording.

    Returns
    -------
    (rows, columns) uint8 array
    """
    if scale.by_window:
        levels = _apply_window(frame, tags)
    elif scale.white == WHITE:
        levels = _turn_bright(frame, tags)
    else:
        levels = np.rint(_turn_bright(frame, tags) * (WHITE / scale.white))
    return np.where(find_padding(frame, tags), 0, np.clip(levels, 0, WHITE)).astype(np.uint8)


def states_window(tags: Dataset) -> bool:
    """Tell whether the header states a window (PS3.3 C.11.2.1.2) of more than one level, on a scale that ascends."""
    width, centre = (_read_first(tags.get(name)) for name in ("WindowWidth", "WindowCenter"))
    return width > 1 and centre == centre and _read_first(tags.get("RescaleSlope", 1)) > 0


def _fits_window(frames: list[Grey], tags: Dataset) -> bool:
    lit = np.concatenate([frame[_turn_bright(frame, tags) > 0] for frame in frames])
    shown = _apply_window(lit, tags)
    return lit.size > 0 and float(((shown > 0) & (shown < WHITE)).mean()) >= SHOWN


def _turn_bright(frame: Grey, tags: Dataset) -> Grey:
    """Invert MONOCHROME1, in which 0 is white."""
    if tags.PhotometricInterpretation != INVERTED:
        return frame
    return np.asarray((2 ** int(tags.BitsStored) - 1) - frame.astype(np.int64))


def _apply_window(frame: Grey, tags: Dataset) -> NDArray[np.float64]:
    """Apply the window of the header; levels from 0 to 255, white is bright."""
    levels = apply_windowing(apply_modality_lut(frame, tags), tags)
    ends = apply_modality_lut(np.array([0, 2 ** int(tags.BitsStored) - 1]), tags)
    shown = np.rint((levels - float(ends[0])) * (WHITE / float(ends[1] - ends[0])))
    return np.asarray(WHITE - shown if tags.PhotometricInterpretation == INVERTED else shown, dtype=np.float64)


def _read_first(value: Any) -> float:
    try:
        return float(value[0] if isinstance(value, list | tuple) or hasattr(value, "append") else value)
    except (TypeError, ValueError, IndexError):
        return float("nan")


def _measure_roughness(frame: Grey) -> float:
    levels = frame.astype(np.float64)
    return float(np.abs(np.diff(levels, axis=0)).sum() + np.abs(np.diff(levels, axis=1)).sum())
