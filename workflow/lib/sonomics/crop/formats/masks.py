"""Masks as pictures: 0 and 1, 0 and 255, grey labels, colours, transparency, lossy JPEG."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageSequence

from sonomics.crop.drawings import Drawing, Mask, RefusedError, Wanted, labelled, of_frame

# Below it a JPEG's brightest pixel may be noise.
JPEG_FAINTEST = 64.0


def read_picture(file: Path) -> dict[str, Drawing]:
    """Read a mask named after its image."""
    return {file.stem: lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    with Image.open(file) as image:
        lossy = image.format == "JPEG"
        pages = [page.copy() for page in ImageSequence.Iterator(image)]
    page = of_frame(pages, wanted.frame)
    if page.mode == "P" and not wanted.label.startswith("#"):
        page = _palette_labels(page)
    if page.mode in ("1", "L", "I", "I;16"):
        values = np.asarray(page).astype(np.int64)
        if lossy:
            values = np.where(values > _edge(values), 255, 0)
        return labelled(values, wanted.label)
    return _coloured(page, wanted.label, lossy)


def _palette_labels(page: Image.Image) -> Image.Image:
    """Take a palette's numbers as labels when number 0 is its background, else its colours."""
    background = (page.getpalette() or [0, 0, 0])[:3]
    return Image.fromarray(np.asarray(page)) if background == [0, 0, 0] else page.convert("RGB")


def _coloured(page: Image.Image, label: str, lossy: bool) -> Mask:
    pixels = np.asarray(page.convert("RGBA")).astype(np.int64)
    colours, alpha = pixels[..., :3], pixels[..., 3]
    if label:
        try:
            colour = ImageColor.getrgb(label)[:3]
        except ValueError:
            raise RefusedError("outline_label") from None
        inside = (colours == colour).all(axis=2) & (alpha > 0)
        if not inside.any():
            raise RefusedError("outline_label")
        return inside
    if np.ptp(alpha) > 0:
        return np.asarray(alpha > 0, dtype=np.bool_)
    brightness = colours.max(axis=2)
    return np.asarray(brightness > (_edge(brightness) if lossy else 0), dtype=np.bool_)


def _edge(values: NDArray[np.integer]) -> float:
    """Return the middle between a mask's black and its brightest: JPEG smears an edge over both."""
    return max(JPEG_FAINTEST, float(values.max())) / 2
