"""Writing burned into a frame: found by its strokes, and replaced by what surrounds it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from sonomics.export.deidentify.pixels import Pixels
from sonomics.export.deidentify.scan_region import Box

THICKEST_STROKE = 9
SMALLEST, LARGEST = 5, 48
NEIGHBOURHOOD = 31
BLACK = 24
CONTRASTS = (45, 70, 110)
HALF = (70, 110)
ROUGHER = 2.0
STREAK, STROKES, FILLED = 2.0, 0.7, 0.28
BLURRED_GLYPH, THICK_GLYPH = 0.6, 0.5
SHARP_LINE, THIN_LINE = 0.85, 0.28
LONG_LINE = 5
SHARP_LONG_LINE, THIN_LONG_LINE = 0.72, 0.32
UNEVEN_LINE = 0.1
WIDEST = 12
COLOURED, SOLID = 60, 7
PADDING = 3
INPAINT_RADIUS = 3


def text_boxes(frame: Pixels) -> list[Box]:
    """Find lines of writing on one frame, at full and at half size.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    list of Box
        One a line, a little larger than the writing; a line may be found more than once.
    """
    level = brightest_channel(frame)
    flow = _flow(frame)
    lines = _lines(level, flow, CONTRASTS) + [2 * line for line in _lines(_halved(level), _halved(flow), HALF)]
    rows, columns = level.shape
    padded = (
        (max(top - PADDING, 0), max(left - PADDING, 0), min(bottom + PADDING, rows), min(right + PADDING, columns))
        for top, left, bottom, right in (line.tolist() for line in lines)
    )
    return sorted({Box(*sides) for sides in padded})


def erase(frames: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """Replace masked pixels, on every frame, by what surrounds them (Telea, J Graphics Tools 2004).

    Parameters
    ----------
    frames : (n, rows, columns) or (n, rows, columns, 3) uint8 or uint16
    mask : (rows, columns) bool

    Returns
    -------
    array of the same shape
        Pixels outside the mask are untouched.
    """
    if not mask.any():
        return frames
    clean = frames.copy()
    for number, frame in enumerate(frames):
        clean[number] = cv2.inpaint(frame, mask.astype(np.uint8), INPAINT_RADIUS, cv2.INPAINT_TELEA)
    return clean


def brightest_channel(frame: Pixels) -> NDArray[np.uint8]:
    """Return the largest of red, green and blue of each pixel; 16 bits are stretched to 8."""
    level = frame.max(axis=-1) if frame.ndim == 3 else frame
    if level.dtype == np.uint16:
        return np.asarray(np.rint(level * (255.0 / max(int(level.max()), 1))), dtype=np.uint8)
    return np.asarray(level, dtype=np.uint8)


class _Relief(NamedTuple):
    """A frame, how far it stands above its ground, its steps, how rough it is around, and where it is black around."""

    level: NDArray[np.uint8]
    above: NDArray[np.uint8]
    step: NDArray[np.uint8]
    rough: NDArray[np.float32]
    black: NDArray[np.bool_]


class _Glyphs(NamedTuple):
    """Bright components as tall and as thin as letters.

    Attributes
    ----------
    boxes : (n, 4) int array
        Top, left, bottom, right.
    sharpness : (n,) float array
        Mean step at the edge, as a share of the mean height above the ground: about 1 for writing, 0.7 for echoes.
    thickness : (n,) float array
        Half the thickest stroke, as a share of the height of the box.
    brightness : (n,) float array
        Mean level of the strokes.
    letters : (n,) float array
        How many letters wide it is, by its height and by its strokes along a row; at least 1.
    on_black : (n,) bool array
    """

    boxes: NDArray[np.int64]
    sharpness: NDArray[np.float64]
    thickness: NDArray[np.float64]
    brightness: NDArray[np.float64]
    letters: NDArray[np.float64]
    on_black: NDArray[np.bool_]

    def only(self, which: NDArray[Any]) -> "_Glyphs":
        """Take some of them, by number or by mask."""
        return _Glyphs._make(part[which] for part in self)


def _flow(frame: Pixels) -> NDArray[np.uint8]:
    """Mark coloured pixels in and beside solid colour (1): branching flow looks like letters."""
    if frame.ndim == 2:
        return np.zeros(frame.shape, dtype=np.uint8)
    coloured = (frame.max(axis=-1).astype(np.int16) - frame.min(axis=-1) > COLOURED).astype(np.uint8)
    solid = cv2.morphologyEx(coloured, cv2.MORPH_OPEN, np.ones((SOLID, SOLID), dtype=np.uint8))
    return np.asarray(coloured & cv2.dilate(solid, np.ones((NEIGHBOURHOOD, NEIGHBOURHOOD), dtype=np.uint8)))


def _halved(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = plane.shape
    size = (max(columns // 2, 1), max(rows // 2, 1))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _lines(level: NDArray[np.uint8], flow: NDArray[np.uint8], contrasts: Sequence[int]) -> list[NDArray[np.int64]]:
    """Group glyphs into lines; each is its top, left, bottom, right."""
    relief = _relief(level)
    return [line for contrast in contrasts for line in _lines_of(_glyphs(relief, flow, contrast))]


def _lines_of(glyphs: _Glyphs) -> list[NDArray[np.int64]]:
    if len(glyphs.boxes) == 0:
        return []
    count, group = connected_components(_neighbours(glyphs.boxes), directed=False)
    members = (np.flatnonzero(group == number) for number in range(count))
    lines = (glyphs.only(line) for line in members)
    return [_around(line.boxes) for line in lines if _is_writing(line)]


def _relief(level: NDArray[np.uint8]) -> _Relief:
    ground = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((THICKEST_STROKE, THICKEST_STROKE), dtype=np.uint8))
    above = np.asarray(cv2.subtract(level, ground), dtype=np.uint8)
    step = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, np.ones((3, 3), dtype=np.uint8))
    return _Relief(
        level,
        above,
        np.asarray(step, dtype=np.uint8),
        cv2.medianBlur(above, NEIGHBOURHOOD).astype(np.float32),
        np.maximum(ground, cv2.medianBlur(level, NEIGHBOURHOOD)) < BLACK,
    )


def _glyphs(relief: _Relief, flow: NDArray[np.uint8], contrast: int) -> _Glyphs:
    level, above, step, rough, black = relief
    stroke = (above >= np.maximum(contrast, ROUGHER * rough)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(stroke, connectivity=8)
    left, top, width, height, area = (column.astype(np.int64) for column in stats.T)
    edge = stroke & (1 - cv2.erode(stroke, np.ones((3, 3), dtype=np.uint8)))

    def mean_of(values: NDArray[Any], where: NDArray[np.uint8]) -> NDArray[np.float64]:
        inside = labels[where > 0]
        sums = np.bincount(inside, values[where > 0], minlength=count)
        return np.asarray(sums / np.maximum(np.bincount(inside, minlength=count), 1))

    thickness = np.zeros(count, dtype=np.float32)
    np.maximum.at(thickness, labels.ravel(), cv2.distanceTransform(stroke, cv2.DIST_L2, 3).ravel())
    starts = np.bincount(labels[:, 1:][(stroke[:, 1:] > stroke[:, :-1])], minlength=count)
    glyphs = _Glyphs(
        np.stack([top, left, top + height, left + width], axis=1),
        mean_of(step, edge) / np.maximum(mean_of(above, stroke), 1),
        thickness / height,
        mean_of(level, stroke),
        np.maximum(1, np.minimum(np.rint(width / height), np.rint(starts / height))),
        mean_of(black, stroke) > 0.5,
    )
    fits = (height >= SMALLEST) & (height <= LARGEST) & (width <= WIDEST * height) & (area > SMALLEST)
    fits &= (width <= STREAK * height) | ((starts >= STROKES * width) & (area >= FILLED * width * height))
    fits &= (glyphs.sharpness >= BLURRED_GLYPH) & (glyphs.thickness <= THICK_GLYPH)
    fits &= mean_of(flow, stroke) < 0.5
    fits[0] = False
    return glyphs.only(fits)


def _neighbours(glyphs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which glyphs stand beside each other on a line: alike in height, near, and level."""
    top, left, bottom, right = glyphs.T
    height = bottom - top
    taller, lower = np.maximum.outer(height, height), np.minimum.outer(height, height)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    alike = (taller <= 1.8 * lower) & (overlap >= 0.6 * lower)
    return np.asarray(alike & (gap <= 1.2 * taller) & (gap >= -0.5 * lower))


def _is_writing(line: _Glyphs) -> bool:
    letters, black = line.letters.sum(), line.on_black.mean() > 0.5
    sharp, thin = (SHARP_LINE, THIN_LINE) if letters < LONG_LINE else (SHARP_LONG_LINE, THIN_LONG_LINE)
    even = line.brightness.std() <= UNEVEN_LINE * line.brightness.mean()
    alike = line.sharpness.mean() >= sharp and line.thickness.mean() <= thin
    return bool(even and alike) and letters >= (2 if black else 3)


def _around(line: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([line[:, 0].min(), line[:, 1].min(), line[:, 2].max(), line[:, 3].max()])
