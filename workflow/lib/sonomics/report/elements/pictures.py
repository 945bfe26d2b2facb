"""Pictures inside the page: figures as inline SVG, crops with their outline as WebP links."""

import base64
import io
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Okabe and Ito's orange and sky blue, which colour-blind readers can tell apart; heat is yellow.
OUTLINE, OUTLINE_ON_HEAT = (230, 159, 0), (86, 180, 233)
HEAT, HOTTEST_OPACITY = (240, 180, 0), 0.7
SIDE = 220  # pixels of the longer side
QUALITY = 65  # of WebP, 0 to 100

_ID = re.compile(r'(?<=\bid=")[^"]+(?=")')
_REFERENCE = re.compile(r'(?<=url\(#)[^)]+(?=\))|(?<=href="#)[^"]+(?=")')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_SIZE = re.compile(r' (?:width|height)="[\d.]+pt"')


class Picture(NamedTuple):
    """An image of a case: what it shows, in words, and the link that holds it."""

    title: str
    link: str


def inline_svg(svg: str, prefix: str) -> str:
    """Prepare the text of an SVG file for use inside a page.

    Parameters
    ----------
    svg : str
        Text of the file.
    prefix : str
        Put before every id, so that no two figures of a page share one.

    Returns
    -------
    str
        The `<svg>` element without XML declaration, metadata and fixed size, hidden from screen readers: the figure
        around it carries the text alternative.
    """
    element = _METADATA.sub("", svg[svg.index("<svg") :])
    head, rest = element.split(">", 1)
    head = _SIZE.sub("", head).replace("<svg", '<svg aria-hidden="true" focusable="false"')
    element = f"{head}>{rest}"
    for pattern in (_ID, _REFERENCE):
        element = pattern.sub(lambda match: f"{prefix}-{match[0]}", element)
    return element.strip()


def draw_outline(crop: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Draw the border of a mask onto a crop, enlarged to 220 pixels on the longer side.

    Parameters
    ----------
    crop : (rows, columns) uint8 array
    mask : (rows, columns) bool array

    Returns
    -------
    (rows, columns, 3) uint8 array
    """
    size = _enlarged_size(crop)
    return _draw_border(np.repeat(_stretch(crop, size)[:, :, None], 3, axis=2), mask, size, OUTLINE)


def draw_heat(crop: NDArray[np.uint8], mask: NDArray[np.bool_], heat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw heat over a crop, the hotter the more opaque, and the border of the mask: sized as by `draw_outline`.

    Parameters
    ----------
    crop : (rows, columns) uint8 array
    mask : (rows, columns) bool array
    heat : uint8 array of any shape
        Stretched to the crop; 255 is the hottest.
    """
    size = _enlarged_size(crop)
    opacity = HOTTEST_OPACITY * _stretch(heat, size)[:, :, None] / 255
    pixels = (1 - opacity) * _stretch(crop, size)[:, :, None] + opacity * np.array(HEAT)
    return _draw_border(pixels.round().astype(np.uint8), mask, size, OUTLINE_ON_HEAT)


def _enlarged_size(crop: NDArray[np.uint8]) -> tuple[int, int]:
    scale = SIDE / max(crop.shape)
    return max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))


def _stretch(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def _draw_border(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_], size: tuple[int, int], colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    smooth = _stretch(mask.astype(np.uint8) * 255, size) > 127
    pixels[find_border(smooth)] = colour
    return pixels


def find_border(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find the pixels of a mask with one of their four neighbours outside it; beyond the frame is outside."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner


def encode_as_link(pixels: NDArray[np.uint8]) -> str:
    """Encode an image as WebP inside a link: a few kilobytes, where speckle would take fifty as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
