"""Decoding DICOM pixels so that a damaged file costs no more than itself."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels
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


def decoded_frames(source: Dataset | Path, syntax: UID, numbers: Sequence[int]) -> Iterator[NDArray[np.generic]]:
    """Decode some frames of a DICOM object, as pydicom reads them.

    Parameters
    ----------
    source : Dataset or Path
    syntax : UID
        Transfer syntax.
    numbers : sequence of int
        Frames, from 0.

    Raises
    ------
    Exception
        Of many types, when a frame cannot be decoded.
    """
    plugin = "pillow" if syntax in BY_PILLOW else ""

    def decode() -> Iterator[NDArray[np.generic]]:
        return iter_pixels(source, indices=numbers, decoding_plugin=plugin)

    return decoded_apart(decode, len(numbers)) if syntax in BY_GDCM else decode()


def decoded_apart(decode: Callable[[], Iterator[NDArray[np.generic]]], count: int) -> Iterator[NDArray[np.generic]]:
    """Decode frames in a forked process, which the decoder may take down, and hand them over through a file.

    Parameters
    ----------
    decode : function
        Yields the frames.
    count : int
        How many it yields.

    Raises
    ------
    RuntimeError
        When the decoder fails or the process dies.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for frame in decode():
                    np.save(file, frame, allow_pickle=False)
                file.flush()
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if ended != 0:
            raise RuntimeError("the decoder failed")
        file.seek(0)
        for _ in range(count):
            yield np.load(file, allow_pickle=False)
