"""Compare two images that may be one: how much of their detail agrees, block by block."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Conventions, looked at on the pairs of docs/clean.md: with them and `min_similarity: 0.6` all 13 listed pairs of the
# given BUSI and OTU images are found. Pixels are those of a thumbnail, grey levels are of 255.
SIDE = 64  # pixels of a thumbnail
FRINGE = 5  # pixels: the largest shift
SCALES = (0.96, 1.04, 0.92, 1.08)  # tried besides 1
FINE, COARSE, NEIGHBOURHOOD = 0.7, 4.0, 8.0  # pixels: SDs of the band of detail, and of what it is normalised over
NOISE = 9.0  # squared grey levels added to the local variance: 3 levels of noise are no detail
DARK = 8  # grey levels up to which a pixel is black ground
LEAST_WEIGHT = 0.05  # share of lit pixels in a smoothing window below which the rim is not amplified further
HOPELESS = 0.15  # correlation below which scales are not tried; saves time
BLOCK = 9  # pixels: side of a block
PLAIN = 0.2  # SD of detail below which a block has none
FEWEST = 6  # blocks with detail
KEPT = 4096  # thumbnails whose detail is remembered: 64 MB

Floats = NDArray[np.float32]


def make_thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shrink an image to `SIDE` x `SIDE` pixels, whatever its proportions."""
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def compare_detail(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Compare the detail of two thumbnails after the best shift and scale of up to 8 % each.

    The middle of the one is located in the other by normalised correlation; then its blocks are correlated with what
    lies there. The median block counts, so that a caliper or text in only one of them does not. The same is done the
    other way round, and the larger value is returned.

    Parameters
    ----------
    one, other : (64, 64) uint8
        From `make_thumbnail`.

    Returns
    -------
    float
        From -1 to 1; NaN when fewer than `FEWEST` blocks have any detail.
    """
    return float(np.fmax(_find_in(one, other), _find_in(other, one)))


def _find_in(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Locate the middle of the one in the other, and correlate them."""
    middle = _remember_detail(one.tobytes())[FRINGE:-FRINGE, FRINGE:-FRINGE]
    best, matching = _fit_part(middle, _remember_detail(other.tobytes()))
    if best < HOPELESS:
        return best
    for scale in SCALES:
        side = round(SIDE * scale)
        scaled = np.asarray(cv2.resize(other, (side, side), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        score, part = _fit_part(middle, _extract_detail(scaled))
        if score > best:
            best, matching = score, part
    return _correlate_blocks(middle, matching)


def _fit_part(middle: Floats, whole: Floats) -> tuple[float, Floats]:
    """Find where a part fits best; return its correlation and what lies there."""
    _, score, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(whole, middle, cv2.TM_CCOEFF_NORMED))
    return float(score), whole[top : top + len(middle), left : left + len(middle)]


@lru_cache(KEPT)
def _remember_detail(pixels: bytes) -> Floats:
    """Cache the detail of thumbnails: an image is compared with many."""
    return _extract_detail(np.frombuffer(pixels, dtype=np.uint8).reshape(SIDE, SIDE))


def _extract_detail(small: NDArray[np.uint8]) -> Floats:
    """Extract what varies over a few pixels, normalised by its local strength; nothing at the rim of dark ground."""
    levels = small.astype(np.float32)
    lit = cv2.erode((small > DARK).astype(np.float32), np.ones((3, 3), np.uint8))

    def smoothed(values: Floats, width: float) -> Floats:
        weights = np.maximum(cv2.GaussianBlur(lit, (0, 0), width), LEAST_WEIGHT)
        return np.asarray(cv2.GaussianBlur(values * lit, (0, 0), width) / weights, dtype=np.float32)

    band = (smoothed(levels, FINE) - smoothed(levels, COARSE)) * lit
    return np.asarray(band / np.sqrt(smoothed(band * band, NEIGHBOURHOOD) + NOISE), dtype=np.float32)


def _correlate_blocks(one: Floats, other: Floats) -> float:
    """Return the median correlation of blocks."""
    count = len(one) // BLOCK
    blocks = [
        part[: count * BLOCK, : count * BLOCK]
        .reshape(count, BLOCK, count, BLOCK)
        .swapaxes(1, 2)
        .reshape(-1, BLOCK * BLOCK)
        for part in (one, other)
    ]
    spread = np.maximum(blocks[0].std(axis=1), blocks[1].std(axis=1))
    centred = [part[spread >= PLAIN] - part[spread >= PLAIN].mean(axis=1, keepdims=True) for part in blocks]
    if len(centred[0]) < FEWEST:
        return float("nan")
    norms = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    return float(np.median((centred[0] * centred[1]).sum(axis=1) / np.maximum(norms, np.finfo(np.float32).tiny)))
