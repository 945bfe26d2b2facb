"""Files of a scanner or a folder become grey frames with their times and scan regions."""

import warnings
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, iter_pixels

from sonomics.clean.region import Region, calibrated_regions

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Recording:
    """What one file shows.

    Attributes
    ----------
    frames : (n, rows, columns) uint8 array
        Luma (ITU-R BT.601) of colour; white is bright.
    times_s : (n,) float array or None
        Time of each frame since the first; None when the file does not say.
    regions : tuple of Region
        Two-dimensional scan regions as the file states them, right or wrong.
    """

    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64] | None = None
    regions: tuple[Region, ...] = field(default=())


def decode_dicom(content: bytes) -> Recording:
    """Decode a DICOM file, still or clip.

    Raises
    ------
    Exception
        Of many types, pydicom's and its decoders', when the file cannot be decoded.
    """
    with warnings.catch_warnings():
        # Scanners' files break the standard in many harmless ways; what matters fails below.
        warnings.simplefilter("ignore", UserWarning)
        dataset = pydicom.dcmread(BytesIO(content))
        frames = np.stack([_grey(frame, dataset) for frame in iter_pixels(dataset)])
        return Recording(frames, _frame_times_s(dataset, len(frames)), calibrated_regions(dataset))


def decode_picture(content: bytes) -> Recording:
    """Decode a PNG, JPEG or TIFF file.

    Raises
    ------
    OSError
        When the content is no image.
    """
    try:
        with Image.open(BytesIO(content)) as image:
            return Recording(np.asarray(image.convert("L"))[None])
    except UnidentifiedImageError:
        raise OSError("the content is no image") from None


def _grey(frame: NDArray[np.generic], dataset: Dataset) -> NDArray[np.uint8]:
    interpretation, bits = dataset.PhotometricInterpretation, int(dataset.BitsStored)
    if interpretation == "PALETTE COLOR":
        frame = apply_color_lut(frame, dataset)
        bits = 8 * frame.dtype.itemsize
    levels = frame.astype(np.float32) * (255 / (2**bits - 1))
    grey = levels @ LUMA if levels.ndim == 3 else levels
    white = np.rint(grey).clip(0, 255).astype(np.uint8)
    return 255 - white if interpretation == "MONOCHROME1" else white


def _frame_times_s(dataset: Dataset, frames: int) -> NDArray[np.float64] | None:
    steps = np.atleast_1d(np.asarray(dataset.get("FrameTimeVector") or [], dtype=np.float64))
    if len(steps) == frames > 0:
        # The vector holds the time since the frame before, in milliseconds; its first is 0.
        return (np.cumsum(steps) - steps[0]) / 1000
    if dataset.get("FrameTime"):
        return np.arange(frames) * float(dataset.FrameTime) / 1000
    return None
