"""Decode an object to plain grey or RGB frames, and write frames back.

The bit depth stays, so that a de-identified copy loses no grey level; `clean` decodes to 8 bits instead.
"""

from copy import deepcopy
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.imaging.brightness import Pixels
from sonomics.imaging.decoding import MOST_PIXELS_PER_FRAME, decode_frames
from sonomics.imaging.grey_levels import INVERTED, find_padding
from sonomics.imaging.palette import PALETTE, look_up_palette

# Samples of all frames together, a few GB: all are held at once, so a header that states more must not fill the memory.
MOST_SAMPLES = 2**32
EIGHT_BITS = 8


class UndecodableError(Exception):
    """Pixels that cannot be decoded; the message names no value of the object."""


def decode_all(dataset: Dataset) -> Pixels:
    """Decode all frames of an object.

    Returns
    -------
    (n, rows, columns) or (n, rows, columns, 3) uint8 or uint16 array
        White is bright and padding is black; YBR and palette are turned into RGB, of 8 bits.

    Raises
    ------
    UndecodableError
    """
    try:
        _check_size(dataset)
        numbers = range(int(dataset.get("NumberOfFrames") or 1))
        syntax = dataset.file_meta.TransferSyntaxUID
        frames = [
            _convert_to_plain(frame, dataset)
            for frame in decode_frames(_drop_empty_frame_count(dataset), dataset, syntax, numbers)
        ]
        stacked = cast(Pixels, np.stack(frames))
    except UndecodableError:
        raise
    except Exception as error:
        # Each decoder fails in its own way, and its message may quote the header.
        raise UndecodableError(f"its pixels cannot be decoded ({type(error).__name__})") from None
    stated = int(dataset.get("NumberOfFrames") or 1)
    if len(stacked) != stated:
        raise UndecodableError(f"its header states {stated} frames and it holds {len(stacked)}")
    return stacked


def write_pixels(dataset: Dataset, frames: Pixels, bits: int) -> None:
    """Write frames into an object, uncompressed.

    Parameters
    ----------
    dataset : Dataset
        Changed in place.
    frames : as `decode_all` returns them
    bits : int
        Bits stored of a grey pixel.
    """
    colour = frames.ndim == 4
    if dataset.get("PhotometricInterpretation") == INVERTED:
        _mirror_window(dataset, 2**bits - 1)
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = frames.shape[1:3]
    dataset.BitsAllocated = EIGHT_BITS * frames.dtype.itemsize
    dataset.BitsStored = EIGHT_BITS if colour else bits
    if "NumberOfFrames" in dataset:
        dataset.NumberOfFrames = len(frames)
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, 0
    content = frames.astype(frames.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    dataset["PixelData"].VR = "OB" if frames.dtype == np.uint8 else "OW"


def _drop_empty_frame_count(dataset: Dataset) -> Dataset:
    """Remove an empty number of frames, which means one and makes decoders fail."""
    if "NumberOfFrames" not in dataset or dataset.NumberOfFrames:
        return dataset
    copied = deepcopy(dataset)  # a plain copy shares its elements
    del copied.NumberOfFrames
    return copied


def _check_size(dataset: Dataset) -> None:
    if "PixelData" not in dataset:
        raise UndecodableError("it has no pixels")
    size = int(dataset.Rows) * int(dataset.Columns)
    samples = size * int(dataset.SamplesPerPixel) * int(dataset.get("NumberOfFrames") or 1)
    if not 0 < size <= MOST_PIXELS_PER_FRAME or not 0 < samples <= MOST_SAMPLES:
        raise UndecodableError("its size is impossible")
    if int(dataset.get("HighBit", dataset.BitsStored - 1)) != dataset.BitsStored - 1:
        raise UndecodableError("its pixels are not the lowest bits")  # decoders accept these and would give black


def _mirror_window(dataset: Dataset, highest: int) -> None:
    """Let the window of an inverted image hold for the levels that `decode_all` has inverted."""
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
    levels = (2**bits - 1) - frame.astype(np.int64) if interpretation == INVERTED else frame
    return np.asarray(np.where(find_padding(frame, dataset), 0, levels), dtype=frame.dtype)
