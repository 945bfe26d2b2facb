"""A sheet of crops with their outlines, to look at."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sonomics.crop.outlines.drawings import Mask

SIDE, TITLE, GAP, ACROSS, MOST = 128, 26, 4, 8, 64
LINE = (255, 200, 0)

Picture = NDArray[np.uint8]


def contact_sheet(crops: Sequence[tuple[str, str, Picture, Mask]]) -> Picture:
    """Draw crops side by side, the region's edge in yellow, the image and who outlined it above.

    Parameters
    ----------
    crops : sequence of (image, reading, (rows, columns) uint8, (rows, columns) bool)
        Of more than 64, that many are drawn, evenly taken.

    Returns
    -------
    (rows, columns, 3) uint8 array
        A single black tile when there is no crop.
    """
    drawn = [crops[number] for number in np.linspace(0, len(crops) - 1, min(len(crops), MOST)).round().astype(int)]
    tiles = [_tile(*crop) for crop in drawn] or [np.zeros((SIDE + TITLE, SIDE + GAP, 3), np.uint8)]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % ACROSS if len(tiles) > ACROSS else 0)
    rows = [np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)]
    return np.vstack(rows)


def _tile(image: str, reading: str, pixels: Picture, region: Mask) -> Picture:
    scale = SIDE / max(pixels.shape)
    size = tuple(max(1, round(length * scale)) for length in pixels.shape[::-1])
    picture = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2RGB)
    inside = cv2.resize(region.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    picture[cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0] = LINE
    tile = Image.new("RGB", (SIDE + GAP, SIDE + TITLE))
    tile.paste(Image.fromarray(picture), (0, TITLE))
    ImageDraw.Draw(tile).multiline_text((1, 1), f"{image}\n{reading}", fill="white", spacing=1)
    return np.asarray(tile)
