"""Masks as pictures: 0 and 1, 0 and 255, grey labels, colours, transparency, lossy JPEG."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageColor

from sonomics.core.images import GREY, mark_drawn
from sonomics.crop.outlines.drawings import Drawing, MaskRequest
from sonomics.crop.outlines.rasterise import Mask, select_frame, select_label
from sonomics.crop.outlines.refusals import RefusedError


def read_picture(file: Path) -> dict[str, Drawing]:
    """Read a mask named after its image."""
    return {file.stem: lambda request: _draw(file, request)}


def _draw(file: Path, request: MaskRequest) -> Mask:
    with Image.open(file) as image:
        lossy = image.format == "JPEG"
        image.seek(select_frame(range(getattr(image, "n_frames", 1)), request.frame))
        page = image.copy()
    if page.mode == "P" and not request.label.startswith("#"):
        page = _palette_labels(page)
    if not request.label or lossy:
        return select_label(np.where(mark_drawn(page, lossy=lossy), 255, 0), request.label)
    if page.mode in GREY:
        return select_label(np.asarray(page).astype(np.int64), request.label)
    return _select_colour(page, request.label)


def _palette_labels(page: Image.Image) -> Image.Image:
    """Return a palette's numbers as labels when number 0 is black, the background; else its colours."""
    background = (page.getpalette() or [0, 0, 0])[:3]
    return Image.fromarray(np.asarray(page)) if background == [0, 0, 0] else page.convert("RGB")


def _select_colour(page: Image.Image, label: str) -> Mask:
    pixels = np.asarray(page.convert("RGBA"))
    try:
        colour = ImageColor.getrgb(label)[:3]
    except ValueError:
        raise RefusedError("outline_label") from None
    mask = (pixels[..., :3] == colour).all(axis=2) & (pixels[..., 3] > 0)
    if not mask.any():
        raise RefusedError("outline_label")
    return np.asarray(mask, dtype=np.bool_)
