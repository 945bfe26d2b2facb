"""Frames on disk, so that a clip of any length takes the memory of a few frames."""

from collections.abc import Iterator
from typing import IO, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sonomics.imaging.brightness import Pixels


class FrameFile:
    """Frames of one size and type in a file, in the byte order of DICOM.

    Parameters
    ----------
    file : file
        Empty, to be written and read; it holds nothing but the frames.

    Attributes
    ----------
    count : int
        Number of frames.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.count = 0
        self._file = file
        self._shape: tuple[int, ...] = ()
        self._dtype: np.dtype[np.generic] = np.dtype(np.uint8)

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, columns) or (rows, columns, 3) of a frame."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Uint8 or uint16."""
        return self._dtype

    @property
    def size(self) -> int:
        """Bytes of all frames."""
        return self.count * self._bytes

    def append(self, frame: Pixels) -> None:
        """Write a frame behind the others.

        Raises
        ------
        ValueError
            When it differs from them in size or type.
        """
        if self.count == 0:
            self._shape, self._dtype = frame.shape, frame.dtype
        if (frame.shape, frame.dtype) != (self._shape, self._dtype):
            raise ValueError("frames differ in size or type")
        self.count += 1
        self.replace(self.count - 1, frame)

    def replace(self, number: int, frame: Pixels) -> None:
        """Write a frame in the place of another."""
        self._file.seek(number * self._bytes)
        self._file.write(frame.astype(_little_endian(frame.dtype), copy=False).tobytes())

    def __iter__(self) -> Iterator[Pixels]:
        """Read the frames one at a time; each may be replaced before the next is read."""
        for number in range(self.count):
            self._file.seek(number * self._bytes)
            frame: NDArray[np.generic] = np.frombuffer(self._file.read(self._bytes), _little_endian(self._dtype))
            yield cast(Pixels, frame.astype(self._dtype).reshape(self._shape))

    def finish(self) -> IO[bytes]:
        """Return the file, at its beginning and of an even number of bytes, as DICOM wants it."""
        if self.size % 2:
            self._file.seek(self.size)
            self._file.write(b"\0")
        self._file.seek(0)
        return self._file

    @property
    def _bytes(self) -> int:
        return int(np.prod(self._shape, dtype=np.int64)) * self._dtype.itemsize


def _little_endian(dtype: np.dtype[np.generic]) -> DTypeLike:
    return dtype.newbyteorder("<")
