"""Open DICOM files that may be damaged, hostile or short of their first bytes, within limits of memory and disk."""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from sonomics.core.settings.export import Limits

MB = 10**6
PREAMBLE, MAGIC = b"\0" * 128, b"DICM"
START = len(PREAMBLE) + len(MAGIC)
PIECE = 2**20
# Bytes: longer elements of a header are passed over. The longest that is needed, a palette of 16-bit indices, has 2^17.
LONGEST_ELEMENT = 2**20
# Bytes of an inflated file up to which its ratio tells nothing: a blank picture packs as well as a bomb. A convention.
SMALL = 64 * MB
HEADER_RULE = "its header is larger than export.limits.header_mb"
# First groups of an object without file meta information, and of one whose preamble alone is missing.
FIRST_GROUP, META_GROUP = b"\x08\x00", b"\x02\x00"


class OverLimitError(Exception):
    """A file that is larger than `export.limits` allow; the message names the limit and no value of the file."""


class SourceFile(Protocol):
    """A file on disk or in a ZIP file."""

    @property
    def name(self) -> str:
        """Its name."""

    def open(self, mode: Any) -> IO[Any]:
        """Open it."""


class Original(NamedTuple):
    """A DICOM object that lies on disk.

    Attributes
    ----------
    header : Dataset
        The elements before the pixels, and the file meta information.
    content : file
        The whole object with file meta information, not deflated; frames are decoded from it one at a time.
    """

    header: Dataset
    content: IO[bytes]


@contextmanager
def open_original(source: SourceFile, limits: Limits, scratch: Path | None = None) -> Iterator[Original]:
    """Open a DICOM object, of which no more than the header is held in memory.

    Parameters
    ----------
    source : path or member of an archive
    limits : Limits
        `export.limits` of params.
    scratch : Path, optional
        Folder of the copy that is made of a member of an archive, of a deflated object, or of one that lacks its first
        bytes; by default that of temporary files. The copy has no name and goes with the process.

    Raises
    ------
    OverLimitError
    InvalidDicomError
        When it is not DICOM.
    Exception
        Of many types, when it is damaged.
    """
    with source.open("rb") as opened:
        start, most = _find_start(opened), limits.object_mb * MB
        if start is Start.SOUND and isinstance(source, Path):
            if opened.seek(0, 2) > most:
                raise OverLimitError("it is larger than export.limits.object_mb")
            yield Original(_read_header(opened, limits), opened)
            return
        with tempfile.TemporaryFile(dir=scratch) as copy:
            for piece in _make_sound(opened, start, limits.ratio):
                if copy.tell() + len(piece) > most:
                    raise OverLimitError("it is larger than export.limits.object_mb")
                copy.write(piece)
            yield Original(_read_header(copy, limits), copy)


def read_header(source: SourceFile, limits: Limits, tags: list[str] | None = None) -> Dataset:
    """Read a header, or some elements of it, without a copy of the object. Errors as `open_original`."""
    with source.open("rb") as opened:
        start = _find_start(opened)
        if start is Start.SOUND:
            return _read_header(opened, limits, tags)
        header = BytesIO()
        for piece in _make_sound(opened, start, limits.ratio):
            header.write(piece)
            if header.tell() > limits.header_mb * MB:
                break
        return _read_header(header, limits, tags)


class Budget:
    """A file of which no more than some bytes are read.

    Parameters
    ----------
    file : file
    most : int
        Bytes; those that are skipped do not count.
    """

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._left = file, most
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """Read as a file does.

        Raises
        ------
        OverLimitError
        """
        data = self._file.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(data)
        if self.spent:
            raise OverLimitError(HEADER_RULE)
        return data

    @property
    def spent(self) -> bool:
        """Tell whether more was asked for."""
        return self._left < 0


class Start(StrEnum):
    """How an object begins."""

    SOUND = "sound"
    DEFLATED = "deflated"
    NO_PREAMBLE = "no preamble"
    NO_META = "no file meta information"


def _find_start(opened: IO[bytes]) -> Start:
    """Find out how an object begins.

    Raises
    ------
    InvalidDicomError
        When it does not begin like DICOM.
    """
    opened.seek(0)
    beginning = opened.read(START)
    if beginning[len(PREAMBLE) :] == MAGIC:
        syntax = _read_meta(opened).get("TransferSyntaxUID")
        return Start.DEFLATED if syntax == DeflatedExplicitVRLittleEndian else Start.SOUND
    if beginning[:2] == META_GROUP:
        return Start.NO_PREAMBLE
    if beginning[:2] == FIRST_GROUP and len(beginning) == START:
        return Start.NO_META
    raise InvalidDicomError("it does not begin like DICOM")


def _read_meta(opened: IO[bytes]) -> Dataset:
    """Read the file meta information, which follows, up to the first element of the object."""
    bounded = cast(Any, Budget(opened, LONGEST_ELEMENT))
    return read_dataset(bounded, False, True, stop_when=lambda tag, vr, length: tag >> 16 != 2)


def _make_sound(opened: IO[bytes], start: Start, ratio: int) -> Iterator[bytes]:
    """Yield an object piece by piece, inflated and with the first bytes that it lacks.

    Raises
    ------
    OverLimitError
        When it grows more than `ratio` times.
    """
    opened.seek(0)
    if start is Start.SOUND:
        yield from _read_pieces(opened)
    elif start is Start.NO_PREAMBLE:
        yield PREAMBLE + MAGIC
        yield from _read_pieces(opened)
    elif start is Start.NO_META:
        explicit = opened.read(6)[4:].isalpha()
        opened.seek(0)
        yield _write_start(ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian)
        yield from _read_pieces(opened)
    else:
        opened.seek(START)
        _read_meta(opened)
        yield _write_start(ExplicitVRLittleEndian)
        yield from _inflate(opened, ratio)


def _write_start(syntax: UID) -> bytes:
    out, meta = BytesIO(), FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    write_file_meta_info(cast(Any, out), meta, enforce_standard=False)
    return PREAMBLE + MAGIC + out.getvalue()


def _read_pieces(opened: IO[bytes]) -> Iterator[bytes]:
    while piece := opened.read(PIECE):
        yield piece


def _inflate(opened: IO[bytes], ratio: int) -> Iterator[bytes]:
    inflater, read, grown = zlib.decompressobj(-zlib.MAX_WBITS), 0, 0
    for packed in _read_pieces(opened):
        read += len(packed)
        while packed and not inflater.eof:  # what follows the end, as a byte of padding, stays unconsumed
            piece = inflater.decompress(packed, PIECE)
            grown += len(piece)
            if grown > max(SMALL, ratio * read):
                raise OverLimitError("it grows more than export.limits.ratio times when it is inflated")
            yield piece
            packed = inflater.unconsumed_tail
        if inflater.eof:
            return
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError("the deflated object is cut off")


def _read_header(content: IO[bytes], limits: Limits, tags: list[str] | None = None) -> Dataset:
    content.seek(0)
    budget = Budget(content, limits.header_mb * MB)
    try:
        return dcmread(
            cast(Any, budget), stop_before_pixels=True, defer_size=LONGEST_ELEMENT, specific_tags=cast(Any, tags)
        )
    except Exception:
        if budget.spent:  # within a sequence, pydicom takes every error for the end of the file
            raise OverLimitError(HEADER_RULE) from None
        raise
