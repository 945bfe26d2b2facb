"""Decode DICOM pixels so that a damaged file costs no more than itself."""

import os
import resource
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

# Pillow's decoders refuse damaged data; GDCM's can take the process down with them, but alone read these.
BY_PILLOW = (JPEGBaseline8Bit, JPEG2000, JPEG2000Lossless)
BY_GDCM = (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless)
Frames = Generator[NDArray[np.generic], None, None]
PALETTE = "PALETTE COLOR"
# Pixels: 8,192 x 8,192, many times what a scanner writes. A larger frame is a damaged header; a convention.
MOST_PIXELS_PER_FRAME = 2**26
# Seconds of computing that a decoder which may hang has for one object. GDCM decodes some 100 frames in one second.
SECONDS = 600


def decode_frames(source: Dataset | Path | IO[bytes], syntax: UID, numbers: Sequence[int] | None) -> Frames:
    """Decode some frames of a DICOM object, as pydicom reads them.

    Parameters
    ----------
    source : Dataset, Path or file
        Of a path or file one frame is in memory at a time.
    syntax : UID
        Transfer syntax.
    numbers : sequence of int or None
        Frames, from 0; None for all, which takes one reading of a file that does not say where its frames begin.

    Raises
    ------
    Exception
        Of many types, when a frame cannot be decoded.
    """
    plugin = "pillow" if syntax in BY_PILLOW else ""

    def decode() -> Frames:
        return cast(Frames, iter_pixels(cast(Any, source), indices=numbers, decoding_plugin=plugin))

    return decode_in_child(decode) if syntax in BY_GDCM else decode()


def look_up_palette(frame: NDArray[np.generic], tags: Dataset) -> NDArray[np.uint8]:
    """Turn the indices of a palette into colours.

    Parameters
    ----------
    frame : (rows, columns) array
    tags : Dataset
        With the palette.

    Returns
    -------
    (rows, columns, 3) uint8
        A palette of 16 bits holds 8-bit colours in its upper byte.
    """
    colours = apply_color_lut(frame, tags)
    return np.asarray(colours >> (8 * (colours.dtype.itemsize - 1)), dtype=np.uint8)


def decode_in_child(decode: Callable[[], Frames]) -> Frames:
    """Decode frames in a forked process, which the decoder may take down, and hand them over through a file.

    Parameters
    ----------
    decode : function
        Yields the frames.

    Raises
    ------
    RuntimeError
        When the decoder fails, the process dies, or it computes longer than `SECONDS`.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
                for frame in decode():
                    np.save(file, frame, allow_pickle=False)
                file.flush()
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if ended != 0:
            raise RuntimeError("the decoder failed")
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        while file.tell() < size:
            yield np.load(file, allow_pickle=False)
