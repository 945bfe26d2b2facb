"""Export pictures: pixels alone, without metadata and text that identify somebody."""

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps
from pydicom.dataset import Dataset

from sonomics.core.errors import ItemError
from sonomics.core.images import read_mask, write_png
from sonomics.core.pictures import restore_palette, show_picture
from sonomics.export.deidentify.dataset import Changes, silence_pydicom
from sonomics.export.deidentify.frames import boxes_around, find_scan_and_text
from sonomics.export.deidentify.profile import Action
from sonomics.export.deidentify.release import UNREADABLE
from sonomics.export.deidentify.scan_region import blank_outside
from sonomics.imaging.burned_in_text.finders import TextFinder
from sonomics.imaging.decoding import MOST_PIXELS_PER_FRAME
from sonomics.imaging.dicom_file import SourceFile
from sonomics.imaging.inpainting import inpaint_frames

ORIENTATION = ExifTags.Base.Orientation
KEEP = "keep"
# What a file may hold besides its pixels, by Pillow's name for it; any other name may be an identity itself.
METADATA = {
    "exif": "EXIF", "Raw profile type exif": "EXIF", "icc_profile": "ICC", "xmp": "XMP", "XML:com.adobe.xmp": "XMP",
    "photoshop": "Photoshop", "comment": "Comment",
}  # fmt: skip
STRUCTURE = {
    "jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform", "progressive", "progression",
    "dpi", "gamma", "srgb", "chromaticity", "transparency", "background", "interlace", "compression", "resolution",
}  # fmt: skip
TEXT = "Text"

logging.getLogger("PIL").setLevel(logging.CRITICAL)  # its log quotes tags that it cannot read


class UnusableError(ItemError):
    """A picture that is not exported: `unreadable`. Its file is not named, since a file name may be an identity."""

    reason = UNREADABLE

    def __init__(self, stem: str, rule: str, fix: str) -> None:
        super().__init__(stem, "picture", rule, fix)


class Picture(NamedTuple):
    """The content of a picture file.

    Attributes
    ----------
    pixels : (rows, columns) or (rows, columns, 3) uint8 array
        Upright; what is transparent is black.
    metadata : tuple of str
        Kinds of other content of the file, sorted; no value of it.
    """

    pixels: NDArray[np.uint8]
    metadata: tuple[str, ...]


def read_picture(file: SourceFile, stem: str) -> Picture:
    """Read the pixels of a picture, upright, and list the kinds of its metadata.

    Raises
    ------
    UnusableError
        When the file is missing, is not a picture, has several frames, more than 8 bits, or too many pixels.
    """
    try:
        with silence_pydicom(), file.open("rb") as content, Image.open(content) as image:
            if getattr(image, "n_frames", 1) > 1:
                raise UnusableError(stem, "it has several frames", "write the frame to use as PNG")
            if image.mode.startswith(("I", "F")):
                raise UnusableError(stem, "it has more than 8 bits", "write it as 8-bit PNG")
            if image.width * image.height > MOST_PIXELS_PER_FRAME:
                rule = f"it has more than {MOST_PIXELS_PER_FRAME:,} pixels"
                raise UnusableError(stem, rule, "write it in the size of the scanner's screen")
            restore_palette(image)  # while its tags are there
            return Picture(show_picture(ImageOps.exif_transpose(image)), _list_metadata(image))
    except UnusableError:
        raise
    except Exception as error:  # a damaged file can make the parser raise anything
        raise UnusableError(stem, f"not a picture ({type(error).__name__})", "replace the file") from None


def _list_metadata(image: Image.Image) -> tuple[str, ...]:
    kinds = {METADATA.get(str(name), TEXT) for name in image.info.keys() - STRUCTURE}
    return tuple(sorted(kinds | ({METADATA["exif"]} if image.getexif() else set())))


def read_outline(file: SourceFile) -> NDArray[np.bool_]:
    """Read a mask, upright by its own EXIF as `read_picture` turns a picture.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    Exception
        Of any kind, when the file is missing or is not an image.
    """
    with silence_pydicom(), file.open("rb") as content:
        mask = Image.fromarray(read_mask(content))
        image = Image.open(content)
        mask.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return np.asarray(ImageOps.exif_transpose(mask), dtype=np.bool_)


def remove_identities(picture: Picture, find_text: TextFinder) -> tuple[NDArray[np.uint8], Changes]:
    """Blank everything outside the scan and remove text inside it, as for a DICOM frame without stated regions.

    Returns
    -------
    pixels : array of the shape of `picture.pixels`
    Changes
        Its counts are of metadata.
    """
    frames = picture.pixels[None]
    scan, text = find_scan_and_text(Dataset(), frames, find_text)
    safe, blanked = blank_outside(frames, scan.boxes)
    counts = {str(Action.REMOVE): len(picture.metadata)}
    clean = np.asarray(inpaint_frames(safe, text)[0], dtype=np.uint8)
    return clean, Changes(counts, picture.metadata, (), scan, int(blanked.sum()), boxes_around(text))


def export_picture(
    file: SourceFile, stem: str, out: Path, pixels: str, find_text: TextFinder
) -> tuple[tuple[int, ...], Changes | None]:
    """Write a picture as a PNG of its pixels alone.

    Parameters
    ----------
    file : path or member of an archive
    stem : str
        Its name in messages.
    out : Path
    pixels : {"deidentify", "keep"}
    find_text : callable
        Finds burned-in text on a picture.

    Returns
    -------
    shape : tuple of int
    changes : Changes or None
        None when the pixels are kept as they are.

    Raises
    ------
    UnusableError
        As `read_picture`.
    """
    picture = read_picture(file, stem)
    clean, changes = (picture.pixels, None) if pixels == KEEP else remove_identities(picture, find_text)
    write_png(out, clean)
    return clean.shape, changes
