"""What an examiner draws into a scan: calipers, lines, arrows, body marks, texts, bars. Pasted at known places."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

YELLOW, GREEN, CYAN = (255, 255, 40), (60, 255, 60), (60, 255, 255)
WORDS = ("LEFT BREAST", "R OV", "MAMA ESQ", "UTERUS", "1 D 4.09cm", "QSE", "CYST 2")
FINE = 4
REACH = 100
COVERED = 0.35

Pen = NDArray[np.uint8]


@dataclass(frozen=True)
class Mark:
    """One mark on a picture.

    Attributes
    ----------
    kind : str
        A member of `KINDS`.
    coloured : bool
    pixels : (rows, columns) bool array
        Where it covers at least `COVERED` of a pixel.
    """

    kind: str
    coloured: bool
    pixels: NDArray[np.bool_]


def paste(
    picture: NDArray[np.uint8], kind: str, at: tuple[int, int], generator: np.random.Generator
) -> tuple[NDArray[np.uint8], Mark]:
    """Draw a mark into a picture; size, brightness, colour (one in three) and smooth edges (every second) are random.

    Parameters
    ----------
    picture : (rows, columns, 3) uint8 array
    kind : str
        A member of `KINDS`.
    at : (int, int)
        Row and column of its middle.
    generator : numpy Generator

    Returns
    -------
    (rows, columns, 3) uint8 array
    Mark
    """
    coloured = kind != "bar" and bool(generator.random() < 1 / 3)
    fine = FINE if generator.random() < 1 / 2 else 1
    level = int(generator.integers(170, 256))
    ink = [YELLOW, GREEN, CYAN][generator.integers(3)] if coloured else (level, level, level)
    canvas = np.zeros((2 * REACH * fine, 2 * REACH * fine), dtype=np.uint8)
    DRAWERS[kind](canvas, fine, generator)
    stamp = np.asarray(cv2.resize(canvas, (2 * REACH, 2 * REACH), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    cover = _placed(stamp, picture.shape[:2], at).astype(np.float32)[..., None] / 255
    paint = np.array(ink, dtype=np.float32)
    if kind == "bar":
        rows = np.flatnonzero(cover.any(axis=(1, 2)))
        if rows.size:
            paint = level * np.interp(np.arange(len(cover)), rows[[0, -1]], (1, 0)).astype(np.float32)[:, None, None]
    drawn = picture * (1 - cover) + cover * paint
    return np.rint(drawn).astype(np.uint8), Mark(kind, coloured, cover[..., 0] >= COVERED)


def _placed(stamp: Pen, shape: tuple[int, ...], at: tuple[int, int]) -> Pen:
    """Put the middle of a stamp at a place of an empty picture."""
    wide = np.zeros((shape[0] + 2 * REACH, shape[1] + 2 * REACH), dtype=np.uint8)
    wide[at[0] : at[0] + 2 * REACH, at[1] : at[1] + 2 * REACH] = stamp
    return wide[REACH:-REACH, REACH:-REACH]


def _line(pen: Pen, fine: int, start: tuple[float, float], end: tuple[float, float], width: int) -> None:
    """Draw a line between two places, as columns and rows in pixels from the middle."""
    (x0, y0), (x1, y1) = (tuple(round((REACH + part) * fine) for part in place) for place in (start, end))
    cv2.line(pen, (x0, y0), (x1, y1), 255, width * fine, cv2.LINE_8)


def _plus(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    arm, width = int(generator.integers(4, 10)), int(generator.integers(1, 3))
    _line(pen, fine, (-arm, 0), (arm, 0), width)
    _line(pen, fine, (0, -arm), (0, arm), width)


def _times(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    arm, width = int(generator.integers(3, 8)), int(generator.integers(1, 3))
    _line(pen, fine, (-arm, -arm), (arm, arm), width)
    _line(pen, fine, (-arm, arm), (arm, -arm), width)


def _open_plus(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    arm, width = int(generator.integers(5, 10)), int(generator.integers(1, 4))
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        _line(pen, fine, (3 * x, 3 * y), (arm * x, arm * y), width)


def _dotted(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    angle, step, size = generator.uniform(0, np.pi), int(generator.integers(4, 8)), int(generator.integers(1, 3))
    reach = generator.uniform(30, 75)
    for along in np.arange(-reach, reach, step):
        x, y = (round((REACH + along * part) * fine) for part in (np.cos(angle), np.sin(angle)))
        pen[y : y + size * fine, x : x + size * fine] = 255


def _arrow(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    angle, length, width = generator.uniform(0, 2 * np.pi), generator.uniform(18, 40), int(generator.integers(2, 4))
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    head = generator.uniform(8, 14)
    corners = np.array([0 * along, -head * along + head / 2 * across, -head * along - head / 2 * across])
    cv2.fillPoly(pen, [np.rint((REACH + corners) * fine).astype(np.int32)], 255)
    tail = -length * along
    _line(pen, fine, (-along[0], -along[1]), (tail[0], tail[1]), width)


def _body_mark(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    radius = generator.uniform(14, 26)
    centre = (REACH * fine, REACH * fine)
    cv2.ellipse(pen, centre, (round(radius * fine), round(0.8 * radius * fine)), 0, 0, 360, 255, fine, cv2.LINE_8)
    cv2.circle(pen, centre, round(3 * fine), 255, fine, cv2.LINE_8)
    angle = generator.uniform(0, 2 * np.pi)
    x, y = 0.5 * radius * np.cos(angle), 0.5 * radius * np.sin(angle)
    _line(pen, fine, (x - 4, y), (x + 4, y), 3)


def _text(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    canvas = Image.fromarray(pen)
    font = ImageFont.load_default(int(generator.integers(11, 20)) * fine)
    word = WORDS[generator.integers(len(WORDS))]
    ImageDraw.Draw(canvas).text((REACH * fine, REACH * fine), word, fill=255, font=font, anchor="mm")
    pen[:] = np.asarray(canvas)


def _bar(pen: Pen, fine: int, generator: np.random.Generator) -> None:
    height, width = int(generator.integers(30, 80)) * fine, int(generator.integers(3, 7)) * fine
    middle = REACH * fine
    pen[middle - height : middle + height, middle - width : middle + width] = 255


DRAWERS: dict[str, Callable[[Pen, int, np.random.Generator], None]] = {
    "plus": _plus,
    "times": _times,
    "open_plus": _open_plus,
    "dotted": _dotted,
    "arrow": _arrow,
    "body_mark": _body_mark,
    "text": _text,
    "bar": _bar,
}
KINDS = tuple(DRAWERS)
