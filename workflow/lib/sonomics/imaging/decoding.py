"""Decode DICOM pixels so that a damaged file costs no more than itself."""

import os
import resource
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import convert_color_space
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
    RLELossless,
)

from sonomics.imaging.colour_layout import find_layout
from sonomics.imaging.colour_space import RGB, YBR
from sonomics.imaging.grey_levels import read_as_unsigned

# Pillow's decoders refuse damaged data; GDCM's can take the process down with them, but alone read these.
BY_PILLOW = (JPEGBaseline8Bit, JPEG2000, JPEG2000Lossless)
# A run of RLE may stand for 64 times its bytes, however small the header says that the frame is.
IN_CHILD = (RLELossless,)
BY_GDCM = (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless)

Frames = Generator[NDArray[np.generic], None, None]
# Pixels: 8,192 x 8,192, many times what a scanner writes. A larger frame is a damaged header; a convention.
MOST_PIXELS_PER_FRAME = 2**26
# Seconds of computing that a decoder which may hang has for one object. GDCM decodes some 100 frames in one second.
SECONDS = 600
# Bytes that a decoder in a process of its own may take beyond what the process has: so many times the frame that the
# header states, for copies of it in other types and orders, and so many more. Conventions.
TIMES_FRAME, BESIDES = 16, 256 * 2**20


class Place(NamedTuple):
    """The number of an open file, and the offset at which the system reads on."""

    file: int
    offset: int


def decode_frames(
    source: Dataset | Path | IO[bytes], tags: Dataset, syntax: UID, numbers: Sequence[int] | None
) -> Frames:
    """Decode some frames of a DICOM object.

    Where the header leaves open or misstates how the samples of a colour are stored, the data decide, see
    `colour_layout`. Grey levels and palettes are as stored, without the unused bits.

    Parameters
    ----------
    source : Dataset, Path or file
        Of a path or file one frame is in memory at a time.
    tags : Dataset
        The header of the object.
    syntax : UID
        Transfer syntax.
    numbers : sequence of int or None
        Frames, from 0; None for all, which takes one reading of a file that does not say where its frames begin.

    Yields
    ------
    (rows, columns) unsigned int array
        Grey levels, or the indices of a palette.
    (rows, columns, 3) array
        Red, green and blue.

    Raises
    ------
    Exception
        Of many types, when a frame cannot be decoded.
    """
    bits = int(tags.BitsStored)
    if int(tags.get("HighBit", bits - 1)) != bits - 1:
        raise ValueError("its pixels are not the lowest bits")  # decoders accept these and would give black
    memory = BESIDES + TIMES_FRAME * int(tags.Rows) * int(tags.Columns) * int(tags.SamplesPerPixel)
    if int(tags.SamplesPerPixel) == 1:
        for frame in _decode_samples(source, syntax, numbers, memory):
            yield read_as_unsigned(frame, bits) if np.issubdtype(frame.dtype, np.signedinteger) else frame
        return

    def decode(chosen: Sequence[int] | None, options: dict[str, Any]) -> Frames:
        return _decode_samples(source, syntax, chosen, memory, raw=True, **options)

    layout = find_layout(decode, source, tags, syntax)
    for planes in decode(numbers, layout.options):
        yield convert_color_space(planes, YBR, RGB) if layout.space == YBR else planes


def _decode_samples(
    source: Dataset | Path | IO[bytes], syntax: UID, numbers: Sequence[int] | None, memory: int, **options: Any
) -> Frames:
    plugin = "pillow" if syntax in BY_PILLOW else ""

    def decode() -> Frames:
        return cast(Frames, iter_pixels(cast(Any, source), indices=numbers, decoding_plugin=plugin, **options))

    if syntax in (*BY_GDCM, *IN_CHILD):
        return decode_in_child(decode, memory, place=_find_place(source))
    return decode()


def decode_in_child(
    decode: Callable[[], Frames], memory: int = BESIDES, seconds: int = SECONDS, place: Place | None = None
) -> Frames:
    """Decode frames in a forked process, which the decoder may take down, and hand them over through a file.

    Parameters
    ----------
    decode : function
        Yields the frames.
    memory : int
        Bytes that it may take beyond what this process has.
    seconds : int
        Limit of its processor time.
    place : Place, optional
        In a file that the process reads: it moves it for all, and it is set back.

    Raises
    ------
    RuntimeError
        When the decoder fails, the process dies, or it needs more time or memory.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
                if (taken := _measure_memory()) is not None:
                    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
                for frame in decode():
                    np.save(file, frame, allow_pickle=False)
                file.flush()
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if place is not None:
            os.lseek(place.file, place.offset, os.SEEK_SET)
        if ended != 0:
            raise RuntimeError("the decoder failed")
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        while file.tell() < size:
            yield np.load(file, allow_pickle=False)


def _find_place(source: Dataset | Path | IO[bytes]) -> Place | None:
    """Find where the system would read on in an open file; None for what is in memory or opened anew."""
    try:
        file = cast(IO[bytes], source).fileno()
        return Place(file, os.lseek(file, 0, os.SEEK_CUR))
    except (AttributeError, OSError):
        return None


def _measure_memory() -> int | None:
    """Measure the address space of this process in bytes; None where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return None
