"""Decode the files of a scanner or a folder to frames of 8 bits, one at a time."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import UID

from sonomics.clean.images.tags import read_number, read_text
from sonomics.core.errors import ItemError
from sonomics.core.settings.export import Limits
from sonomics.imaging.brightness import Picture
from sonomics.imaging.decoding import MOST_PIXELS_PER_FRAME, PALETTE, decode_frames, look_up_palette
from sonomics.imaging.dicom_file import open_original, read_header

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
ULTRASOUND = "US"
# An hour at 28 frames a second: more are a damaged header. A convention.
MOST_FRAMES = 100_000
LIMITS = Limits.partial({})  # what export wrote is within those of the study, which need not be tighter
UNREADABLE, WRONG_MODALITY, NO_PIXELS = "unreadable", "wrong_modality", "no_pixels"


class UnusableError(ItemError):
    """A file without an ultrasound image; `reason` is written in the table."""

    def __init__(self, reason: str, file: Path, rule: str, fix: str) -> None:
        self.reason = reason
        super().__init__(file.stem, str(file), rule, fix)


@dataclass(frozen=True)
class Recording:
    """The content of one file.

    Attributes
    ----------
    count, rows, columns : int
        Number and size of its frames.
    tags : Dataset
        The DICOM elements except the pixels; empty for a picture.
    frames : function
        Takes frame numbers, ascending; yields each frame as (rows, columns) or, in colour, (rows, columns, 3) uint8,
        red first, white is bright. Raises `UnusableError` where a frame cannot be decoded.
    """

    count: int
    rows: int
    columns: int
    tags: Dataset
    frames: Callable[[Sequence[int]], Iterator[Picture]]


def open_recording(path: Path) -> Recording:
    """Open a file, a picture or DICOM by its suffix.

    Raises
    ------
    UnusableError
        `unreadable`, `wrong_modality`, or `no_pixels`.
    """
    try:
        recording = open_picture(path) if path.suffix.lower() in PICTURES else open_dicom(path)
        _check_size(recording)
        return recording
    except UnusableError:
        raise
    except Exception as error:  # a broken file can make a decoder raise anything
        raise _explain_unreadable(path, error) from error


def open_dicom(path: Path) -> Recording:
    """Open a DICOM file, still or clip; frames are decoded when they are requested.

    Raises
    ------
    UnusableError
        When the modality is not ultrasound, or there are no pixels.
    Exception
        Of many types, pydicom's, when the file is broken.
    """
    tags = read_header(path, LIMITS)
    modality = read_text(tags, "Modality")
    if modality not in (ULTRASOUND, ""):
        rule = f"the modality is {modality}, not {ULTRASOUND}"
        raise UnusableError(WRONG_MODALITY, path, rule, "leave it out of the export")
    if "Rows" not in tags:
        raise UnusableError(NO_PIXELS, path, "the object has no image", "leave it out of the export")
    stated = read_number(tags, "NumberOfFrames")
    count = int(stated) if stated == stated else 1

    def frames(numbers: Sequence[int]) -> Iterator[Picture]:
        every = None if len(numbers) == count else numbers  # read in one go, where the file does not say where each is
        try:
            with (
                open_original(path, LIMITS) as original,
                closing(decode_frames(original.content, UID(tags.file_meta.TransferSyntaxUID), every)) as decoded,
            ):
                for number in numbers:  # some encoders append a frame that the header does not state
                    if (frame := next(decoded, None)) is None:
                        raise EOFError(f"there is no frame {number}")
                    yield convert_to_eight_bits(frame, tags)
        except Exception as error:
            raise _explain_unreadable(path, error) from error

    return Recording(count, int(tags.Rows), int(tags.Columns), tags, frames)


def open_picture(path: Path) -> Recording:
    """Open a PNG, JPEG, TIFF or BMP file.

    Raises
    ------
    OSError
        When the content is not an image.
    """
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L" if image.mode in ("1", "L", "LA", "I", "I;16", "F") else "RGB"))
    rows, columns = pixels.shape[:2]
    return Recording(1, rows, columns, Dataset(), lambda numbers: iter([pixels for _ in numbers]))


def convert_to_eight_bits(frame: NDArray[Any], tags: Dataset) -> Picture:
    """Convert a frame as pydicom decodes it to 8 bits.

    Palettes are looked up, MONOCHROME1 is inverted, other depths are scaled.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) array
        Colour is RGB.
    tags : Dataset
        `PhotometricInterpretation`, `BitsStored`, the palette.
    """
    interpretation, bits = tags.PhotometricInterpretation, int(tags.BitsStored)
    if interpretation == PALETTE:
        return look_up_palette(frame, tags)
    levels = frame if bits == 8 else np.rint(frame * (255 / (2.0**bits - 1)))
    white: Picture = np.clip(levels, 0, 255).astype(np.uint8)
    return np.asarray(255 - white) if interpretation == "MONOCHROME1" else white


@contextmanager
def ignore_harmless_warnings() -> Iterator[None]:
    """Ignore warnings about the many harmless ways in which scanners' files break the standard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _check_size(recording: Recording) -> None:
    if not (0 < recording.rows * recording.columns <= MOST_PIXELS_PER_FRAME and 0 < recording.count <= MOST_FRAMES):
        raise ValueError(f"{recording.count} frames of {recording.rows} x {recording.columns} pixels are not an image")


def _explain_unreadable(path: Path, error: Exception) -> UnusableError:
    rule = f"the file cannot be decoded ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
    return UnusableError(UNREADABLE, path, rule, "export it again, or in another transfer syntax")
