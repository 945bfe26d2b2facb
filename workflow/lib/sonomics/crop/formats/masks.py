"""Masks as pictures: 0 and 1, 0 and 255, grey labels, colours, transparency, lossy JPEG."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageSequence

from sonomics.core.images import GREY, mark_drawn
from sonomics.crop.outlines.drawings import Drawing, Mask, RefusedError, Wanted, labelled, of_frame


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
    if not wanted.label or lossy:
        return labelled(np.where(mark_drawn(page, lossy=lossy), 255, 0), wanted.label)
    if page.mode in GREY:
        return labelled(np.asarray(page).astype(np.int64), wanted.label)
    return _of_colour(page, wanted.label)


def _palette_labels(page: Image.Image) -> Image.Image:
    """Take a palette's numbers as labels when number 0 is its background, else its colours."""
    background = (page.getpalette() or [0, 0, 0])[:3]
    return Image.fromarray(np.asarray(page)) if background == [0, 0, 0] else page.convert("RGB")


def _of_colour(page: Image.Image, label: str) -> Mask:
    pixels = np.asarray(page.convert("RGBA"))
    try:
        colour = ImageColor.getrgb(label)[:3]
    except ValueError:
        raise RefusedError("outline_label") from None
    inside = (pixels[..., :3] == colour).all(axis=2) & (pixels[..., 3] > 0)
    if not inside.any():
        raise RefusedError("outline_label")
    return np.asarray(inside, dtype=np.bool_)
