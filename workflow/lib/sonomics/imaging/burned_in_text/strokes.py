"""Find text burned into a frame, by its strokes.

For de-identification: whole lines are boxed, at the cost of some tissue, since no letter of a name may stay. `clean`
looks for lettering by other means (`clean/overlays/lettering.py`): it fills strokes alone and keeps the tissue between.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from sonomics.imaging.boxes import Box
from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.colour import mark_solid_colour

# Conventions; how they were found is not recorded. Tests hold what they reach together: 95 % of random words of 11 to
# 24 pixels on simulated speckle are found whole, under 0.5 % of clean speckle is taken. A fifth more or less of any of
# them leaves at least 89 % of words found and at most 1.2 % of clean simulated stills taken; ROUGHER, STREAK, the
# lowest contrasts and NEIGHBOURHOOD matter, the others hardly (benchmarks/thresholds.py). Grey levels are of 255.
# pixels: the side of a square that no stroke fills, and of the square around a pixel that is its surround
THICKEST_STROKE, NEIGHBOURHOOD = 9, 31
# pixels: heights of a letter, and the area that one exceeds
SHORTEST, TALLEST, LEAST_AREA = 5, 48, 5
# grey levels: a surround below is black
BLACK = 24
# grey levels by which strokes stand above their ground; each is tried. Soft echoes at half size need the higher ones.
CONTRASTS, CONTRASTS_AT_HALF_SIZE = (45, 70, 110), (70, 110)
# strokes stand out by at least this many times the roughness (median height above ground) around
ROUGHER = 2.0
# A glyph is at most this many heights wide; beyond the first it must look like joined letters: this many strokes per
# column, and this share of its box filled.
WIDEST_GLYPH, STREAK, STROKES, FILLED = 12, 2.0, 0.7, 0.28
# limits of `_Glyphs.sharpness` and `_Glyphs.thickness`: of any glyph, of the mean of a line, and of a line of at least
# LONG_LINE letters, for which many letters in a row speak already
BLURRED_GLYPH, THICK_GLYPH = 0.6, 0.5
SHARP_LINE, THIN_LINE = 0.85, 0.28
LONG_LINE, SHARP_LONG_LINE, THIN_LONG_LINE = 5, 0.72, 0.32
# the brightness of a line's glyphs has at most this SD, as a share of its mean: text is of one ink
UNEVEN_LINE = 0.1
# glyphs that a line has at least, on black ground and on tissue
FEWEST_ON_BLACK, FEWEST = 2, 3
# neighbours on a line: ratio of heights; shared height, gap and overlap as shares of the lower or taller height
TALLER, LEVEL, WIDEST_GAP, DEEPEST_OVERLAP = 1.8, 0.6, 1.2, 0.5
# share of a glyph's pixels, or of a line's glyphs, that decides for the whole
MOSTLY = 0.5
# pixels around a line that go with it: the soft edge of letters
PADDING = 3


def find_text_boxes(frame: Pixels) -> list[Box]:
    """Find lines of text on one frame, at full and at half size.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    list of Box
        One per line, a little larger than the text; a line may be found more than once.
    """
    level = brightest_channel(frame)
    colour = mark_solid_colour(frame)
    lines = _find_lines(level, colour, CONTRASTS)
    lines += [2 * line for line in _find_lines(_halve(level), _halve(colour), CONTRASTS_AT_HALF_SIZE)]
    rows, columns = level.shape
    padded = (
        (max(top - PADDING, 0), max(left - PADDING, 0), min(bottom + PADDING, rows), min(right + PADDING, columns))
        for top, left, bottom, right in (line.tolist() for line in lines)
    )
    return sorted({Box(*sides) for sides in padded})


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
        Mean step at the edge, as a share of the mean height above the ground: about 1 for text, 0.7 for echoes.
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


def _halve(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = plane.shape
    size = (max(columns // 2, 1), max(rows // 2, 1))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _find_lines(
    level: NDArray[np.uint8], colour: NDArray[np.uint8], contrasts: Sequence[int]
) -> list[NDArray[np.int64]]:
    """Find lines of glyphs at several contrasts; each line is its top, left, bottom, right."""
    relief = _measure_relief(level)
    return [line for contrast in contrasts for line in _group_into_lines(_find_glyphs(relief, colour, contrast))]


def _group_into_lines(glyphs: _Glyphs) -> list[NDArray[np.int64]]:
    if len(glyphs.boxes) == 0:
        return []
    count, group = connected_components(_pair_neighbours(glyphs.boxes), directed=False)
    members = (np.flatnonzero(group == number) for number in range(count))
    lines = (glyphs.only(line) for line in members)
    return [_enclose(line.boxes) for line in lines if _is_text(line)]


def _measure_relief(level: NDArray[np.uint8]) -> _Relief:
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


def _find_glyphs(relief: _Relief, colour: NDArray[np.uint8], contrast: int) -> _Glyphs:
    level, above, step, rough, black = relief
    stroke = (above >= np.maximum(contrast, ROUGHER * rough)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(stroke, connectivity=8)
    left, top, width, height, area = (column.astype(np.int64) for column in stats.T)
    edge = stroke & (1 - cv2.erode(stroke, np.ones((3, 3), dtype=np.uint8)))

    def mean_of(values: NDArray[Any], where: NDArray[np.uint8]) -> NDArray[np.float64]:
        owners = labels[where > 0]
        sums = np.bincount(owners, values[where > 0], minlength=count)
        return np.asarray(sums / np.maximum(np.bincount(owners, minlength=count), 1))

    thickness = np.zeros(count, dtype=np.float32)
    np.maximum.at(thickness, labels.ravel(), cv2.distanceTransform(stroke, cv2.DIST_L2, 3).ravel())
    starts = np.bincount(labels[:, 1:][(stroke[:, 1:] > stroke[:, :-1])], minlength=count)
    glyphs = _Glyphs(
        np.stack([top, left, top + height, left + width], axis=1),
        mean_of(step, edge) / np.maximum(mean_of(above, stroke), 1),
        thickness / height,
        mean_of(level, stroke),
        np.maximum(1, np.minimum(np.rint(width / height), np.rint(starts / height))),
        mean_of(black, stroke) > MOSTLY,
    )
    fits = (height >= SHORTEST) & (height <= TALLEST) & (width <= WIDEST_GLYPH * height) & (area > LEAST_AREA)
    fits &= (width <= STREAK * height) | ((starts >= STROKES * width) & (area >= FILLED * width * height))
    fits &= (glyphs.sharpness >= BLURRED_GLYPH) & (glyphs.thickness <= THICK_GLYPH)
    fits &= mean_of(colour, stroke) < MOSTLY
    fits[0] = False
    return glyphs.only(fits)


def _pair_neighbours(glyphs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which glyphs stand next to each other on a line: similar in height, near, and level."""
    top, left, bottom, right = glyphs.T
    height = bottom - top
    taller, lower = np.maximum.outer(height, height), np.minimum.outer(height, height)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    level = (taller <= TALLER * lower) & (overlap >= LEVEL * lower)
    return np.asarray(level & (gap <= WIDEST_GAP * taller) & (gap >= -DEEPEST_OVERLAP * lower))


def _is_text(line: _Glyphs) -> bool:
    letters, black = line.letters.sum(), line.on_black.mean() > MOSTLY
    sharp, thin = (SHARP_LINE, THIN_LINE) if letters < LONG_LINE else (SHARP_LONG_LINE, THIN_LONG_LINE)
    even = line.brightness.std() <= UNEVEN_LINE * line.brightness.mean()
    alike = line.sharpness.mean() >= sharp and line.thickness.mean() <= thin
    return bool(even and alike) and letters >= (FEWEST_ON_BLACK if black else FEWEST)


def _enclose(line: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([line[:, 0].min(), line[:, 1].min(), line[:, 2].max(), line[:, 3].max()])
