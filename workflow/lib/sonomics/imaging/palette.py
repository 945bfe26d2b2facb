"""Colours of a DICOM palette (PS3.3 C.7.6.3.1.5)."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

PALETTE = "PALETTE COLOR"
CHANNELS = ("Red", "Green", "Blue")
BYTE = 255
# Depths that palettes are written in, whatever their descriptor says.
DEPTHS = (8, 12, 16)


def look_up_palette(frame: NDArray[np.generic], tags: Dataset) -> NDArray[np.uint8]:
    """Turn the indices of a palette into colours.

    Parameters
    ----------
    frame : (rows, columns) int array
    tags : Dataset
        With the palette.

    Returns
    -------
    (rows, columns, 3) uint8
        An index below the first one of the palette has the first colour, one above the last one the last.
    """
    if f"{CHANNELS[0]}PaletteColorLookupTableData" not in tags:  # a segmented palette
        colours = np.asarray(apply_color_lut(frame, tags)[..., :3])
        return reduce_to_eight_bits(colours)
    palette = np.stack([_read_channel(tags, name) for name in CHANNELS], axis=-1)
    first = int(tags.RedPaletteColorLookupTableDescriptor[1])
    places = np.clip(frame.astype(np.int64) - first, 0, len(palette) - 1)
    return reduce_to_eight_bits(palette)[places]


def reduce_to_eight_bits(colours: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Reduce colours to 8 bits by the depth that they use.

    Parameters
    ----------
    colours : int array
        Where they are of 16 bits, the standard asks for the whole range. Where none is above 255 (or 4,095), they were
        written in the low 8 (or 12) bits.
    """
    highest = int(colours.max(initial=0))
    depth = next(depth for depth in DEPTHS if highest < 2**depth)
    return np.asarray(colours >> (depth - 8), dtype=np.uint8)


def _read_channel(tags: Dataset, name: str) -> NDArray[np.uint16]:
    """Read the entries of one channel, each in a byte or in a word, as the length of the data tells."""
    stated = int(tags[f"{name}PaletteColorLookupTableDescriptor"].value[0]) or 2**16
    data = cast(bytes, tags[f"{name}PaletteColorLookupTableData"].value)
    in_words = len(data) >= 2 * stated
    order = "<" if _is_little_endian(tags) else ">"
    entries = np.frombuffer(data, dtype=f"{order}u2" if in_words else np.uint8)[:stated]
    if len(entries) < stated:
        raise ValueError("the palette is cut off")
    return entries.astype(np.uint16)


def _is_little_endian(tags: Dataset) -> bool:
    stated = tags.original_encoding[1]
    return True if stated is None else stated
