"""Decode an object to plain grey or RGB frames, one at a time, and write frames back.

The bit depth stays, so that a de-identified copy loses no grey level; `clean` decodes to 8 bits instead.
"""

import math
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.export.deidentify.frame_file import FrameFile
from sonomics.imaging.brightness import Pixels
from sonomics.imaging.decoding import MOST_PIXELS_PER_FRAME, decode_frames
from sonomics.imaging.dicom_file import MB, Original, OverLimitError
from sonomics.imaging.grey_levels import INVERTED, find_padding
from sonomics.imaging.lookup_tables import show_by_lookup, states_lookup
from sonomics.imaging.palette import PALETTE, look_up_palette

EIGHT_BITS = 8


class UndecodableError(Exception):
    """Pixels that cannot be decoded; the message names no value of the object."""


def decode_each(original: Original, object_mb: int) -> Iterator[Pixels]:
    """Decode the frames of an object, one at a time.

    Parameters
    ----------
    original : Original
    object_mb : int
        Size of all frames together from which the object is over the limit, MB.

    Yields
    ------
    (rows, columns) or (rows, columns, 3) uint8 or uint16 array
        White is bright; YBR and palette are turned into RGB, of 8 bits; levels that the header maps by a table are
        those of the display, of 8 bits.

    Raises
    ------
    OverLimitError
    UndecodableError
    """
    header, decoded = original.header, 0
    try:
        stated = count_frames(header, object_mb)
        syntax = header.file_meta.TransferSyntaxUID
        with closing(decode_frames(original.content, header, syntax, None)) as frames:
            for frame in islice(frames, stated):  # some encoders append one
                decoded += 1
                yield _convert_to_plain(frame, header)
    except (UndecodableError, OverLimitError):
        raise
    except Exception as error:
        # Each decoder fails in its own way, and its message may quote the header.
        raise UndecodableError(f"its pixels cannot be decoded ({type(error).__name__})") from None
    if decoded < stated:
        raise UndecodableError(f"its header states {stated} frames and it holds {decoded}")


def write_pixels(dataset: Dataset, frames: FrameFile, bits: int) -> None:
    """Write frames into an object, uncompressed.

    Parameters
    ----------
    dataset : Dataset
        Changed in place; its pixels are read from the file of the frames when it is written.
    frames : FrameFile
        Frames as `decode_each` yields them.
    bits : int
        Bits stored of a grey pixel.
    """
    colour = len(frames.shape) == 3
    if dataset.get("PhotometricInterpretation") == INVERTED:
        _mirror_window(dataset, 2**bits - 1)
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = frames.shape[:2]
    dataset.BitsAllocated = EIGHT_BITS * frames.dtype.itemsize
    dataset.BitsStored = EIGHT_BITS if colour else bits
    if "NumberOfFrames" in dataset:
        dataset.NumberOfFrames = frames.count
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, 0
    dataset.PixelData = frames.finish()
    dataset["PixelData"].VR = "OB" if frames.dtype == np.uint8 else "OW"


def count_frames(dataset: Dataset, object_mb: int) -> int:
    """Return the number of frames that a header states, if its size is possible and within the limit.

    Raises
    ------
    OverLimitError
    UndecodableError
    """
    frames = int(dataset.get("NumberOfFrames") or 1)
    pixels = int(dataset.Rows) * int(dataset.Columns)
    size = pixels * int(dataset.SamplesPerPixel) * frames * math.ceil(int(dataset.BitsAllocated) / EIGHT_BITS)
    if not 0 < pixels <= MOST_PIXELS_PER_FRAME or size <= 0:
        raise UndecodableError("its size is impossible")
    if size > object_mb * MB:
        raise OverLimitError("its decoded pixels are larger than export.limits.object_mb")
    if int(dataset.get("HighBit", dataset.BitsStored - 1)) != dataset.BitsStored - 1:
        raise UndecodableError("its pixels are not the lowest bits")  # decoders accept these and would give black
    return frames


def _mirror_window(dataset: Dataset, highest: int) -> None:
    """Let the window of an inverted image hold for the levels that `decode_each` has inverted."""
    centres = np.atleast_1d(dataset.get("WindowCenter", [])).astype(float)
    slope, intercept = float(dataset.get("RescaleSlope", 1)), float(dataset.get("RescaleIntercept", 0))
    if centres.size:
        dataset.WindowCenter = [float(slope * highest + 2 * intercept - centre) for centre in centres]


def _convert_to_plain(frame: NDArray[np.generic], dataset: Dataset) -> Pixels:
    interpretation, bits = str(dataset.PhotometricInterpretation), int(dataset.BitsStored)
    if interpretation == PALETTE:
        return look_up_palette(frame, dataset)
    if frame.dtype not in (np.uint8, np.uint16) or (frame.ndim == 3 and frame.dtype != np.uint8):
        raise UndecodableError("its pixels are of more than 16 bits, or colour of more than 8")
    if frame.ndim == 3:
        return np.asarray(frame, dtype=frame.dtype)
    if states_lookup(dataset):
        return np.where(find_padding(frame, dataset), np.uint8(0), show_by_lookup(frame, dataset))
    levels = (2**bits - 1) - frame.astype(np.int64) if interpretation == INVERTED else frame
    return np.asarray(np.where(find_padding(frame, dataset), 0, levels), dtype=frame.dtype)
