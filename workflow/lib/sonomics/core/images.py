"""Reading and writing pixels."""

from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sonomics.core.files import replacing
from sonomics.core.pictures import read_mask_page

GREY = ("1", "L", "I", "I;16", "F")
# Grey level of 255: a JPEG whose brightest pixel is below may hold nothing but noise. A convention.
JPEG_FAINTEST = 64.0


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Read an image file as grey.

    Returns
    -------
    (rows, columns) uint8 array
        Colour is turned into luma (ITU-R BT.601).

    Raises
    ------
    OSError
        When the file is missing or is not an image.
    """
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))


def read_colour(path: Path) -> NDArray[np.uint8]:
    """Read an image file as RGB (rows, columns, 3) uint8, grey in all three channels. Errors as `read_grey`."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def read_mask(path: Path | IO[bytes]) -> NDArray[np.bool_]:
    """Read an outline: everything drawn, see `mark_drawn`, is inside.

    Returns
    -------
    (rows, columns) bool array
    """
    with Image.open(path) as image:
        return mark_drawn(read_mask_page(image), lossy=image.format == "JPEG")


def mark_drawn(picture: Image.Image, *, lossy: bool) -> NDArray[np.bool_]:
    """Mark what is drawn in the picture of a mask.

    Parameters
    ----------
    picture : Image
    lossy : bool
        Whether it was a JPEG, which blurs edges.

    Returns
    -------
    (rows, columns) bool array
        Any colour above zero; in a JPEG, pixels brighter than half of the brightest; of fractions, see `mark_inside`.
        Pixels that are fully transparent are outside, whatever their colour; where all others are black, or none is,
        these are inside.
    """
    if picture.has_transparency_data:
        return _mark_shown(np.asarray(picture.convert("RGBA")))
    in_grey = picture.mode in GREY or picture.mode.startswith("I")
    values = np.asarray(picture) if in_grey else np.asarray(picture.convert("RGB")).max(axis=2)
    if not lossy:
        return mark_inside(values)
    return np.asarray(values > max(JPEG_FAINTEST, float(values.max())) / 2, dtype=np.bool_)


def mark_inside(values: NDArray[np.number[Any] | np.bool_]) -> NDArray[np.bool_]:
    """Mark what is inside by the values of a mask.

    Returns
    -------
    bool array of the same shape
        Whole numbers above 0. Fractions above half, as an interpolated mask has them at its edge; where the largest is
        below 1 (a mask divided by 255), above half of that.
    """
    numbers = np.nan_to_num(values.astype(np.float64))
    return np.asarray(numbers > min(1.0, max(0.0, numbers.max(initial=0))) / 2, dtype=np.bool_)


def _mark_shown(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    shown = pixels[..., 3] > 0
    coloured = shown & (pixels[..., :3].max(axis=2) > 0)
    means_alpha = bool((~shown).any()) and not coloured.any()
    return np.asarray(shown if means_alpha else coloured, dtype=np.bool_)


def write_png(path: Path, pixels: NDArray[np.uint8] | NDArray[np.bool_]) -> None:
    """Write a lossless PNG; a bool array becomes 0 and 255. The same pixels give the same bytes."""
    grey = np.where(pixels, np.uint8(255), np.uint8(0)) if pixels.dtype == np.bool_ else pixels
    with replacing(path) as temporary:
        Image.fromarray(grey).save(temporary, format="PNG", compress_level=6)


def path_with_overlays(file: Path) -> Path:
    """Return the path of a clean image as it was before its overlays were removed; a file is there if any were."""
    return file.parent / "marked" / file.name


def stem_of(image: str, stems: Collection[str]) -> str | None:
    """Find the longest stem that names an image.

    A stem is the image id itself or a leading part of it that ends before a '-': an outline or a label of
    `P1-e1-i2` holds for every frame of that instance.

    Returns
    -------
    str or None
        None when no stem matches.
    """
    parts = image.split("-")
    leading = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((stem for stem in leading if stem in stems), None)
