"""A contact sheet: crops with their outlines, to look at."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sonomics.crop.outlines.rasterise import Mask

SIDE, TITLE, GAP = 128, 26, 4  # of a tile: side of the crop, height of the text above it, gap to its right; pixels
TILES_PER_ROW, MAX_TILES = 8, 64
EDGE_COLOUR = (255, 200, 0)

Picture = NDArray[np.uint8]


def draw_contact_sheet(crops: Sequence[tuple[str, str, Picture, Mask]]) -> Picture:
    """Draw crops side by side, the region's edge in yellow, the image and who outlined it above.

    Parameters
    ----------
    crops : sequence of (image, reading, (rows, columns) uint8, (rows, columns) bool)
        Of more than 64 crops, 64 are drawn, evenly spaced.

    Returns
    -------
    (rows, columns, 3) uint8 array
        A single black tile when there is no crop.
    """
    shown = np.linspace(0, len(crops) - 1, min(len(crops), MAX_TILES)).round().astype(int)
    tiles = [_draw_tile(*crops[number]) for number in shown] or [np.zeros((SIDE + TITLE, SIDE + GAP, 3), np.uint8)]
    if len(tiles) > TILES_PER_ROW:
        tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % TILES_PER_ROW)
    rows = [np.hstack(tiles[start : start + TILES_PER_ROW]) for start in range(0, len(tiles), TILES_PER_ROW)]
    return np.vstack(rows)


def _draw_tile(image: str, reading: str, pixels: Picture, region: Mask) -> Picture:
    scale = SIDE / max(pixels.shape)
    size = tuple(max(1, round(length * scale)) for length in pixels.shape[::-1])
    picture = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2RGB)
    mask = cv2.resize(region.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    picture[cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0] = EDGE_COLOUR
    tile = Image.new("RGB", (SIDE + GAP, SIDE + TITLE))
    tile.paste(Image.fromarray(picture), (0, TITLE))
    ImageDraw.Draw(tile).multiline_text((1, 1), f"{image}\n{reading}", fill="white", spacing=1)
    return np.asarray(tile)
