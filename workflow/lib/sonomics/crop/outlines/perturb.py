"""Perturb outlines as if another reader had drawn them, to test the stability of features when there is one reader."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.core.settings.crop import Perturb
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.regions.region import equivalent_diameter

WOBBLE = 0.15  # length of a wobble of the contour, as a share of the diameter
GRID_PER_WOBBLE = 4  # points of the coarse noise grid in the length of a wobble: enough for it to be smooth


def perturb(outline: Mask, settings: Perturb, rng: np.random.Generator) -> Mask:
    """Grow, shift, rotate and wobble an outline at random (after Zwanenburg A, et al., Sci Rep 2019).

    Parameters
    ----------
    outline : (rows, columns) bool array
        Not empty.
    settings : Perturb
        `grow`, `shift` (along rows and along columns), `contour`: largest change (of `contour`: standard deviation) as
        a share of the diameter of a disc of the outline's area; `rotate`: largest angle in degrees.
    rng : numpy Generator

    Returns
    -------
    (rows, columns) bool array
        It may be empty when the region is thin and shrinks.
    """
    diameter = equivalent_diameter(outline)
    inside, outside = (
        cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (outline, ~outline)
    )
    # Distance to the contour in pixels, above 0 inside: adding to it grows the outline.
    depth = np.where(outline, inside - 0.5, 0.5 - outside).astype(np.float32)
    rows, columns = np.nonzero(outline)
    angle = rng.uniform(-settings.rotate, settings.rotate)
    transform = cv2.getRotationMatrix2D((float(columns.mean()), float(rows.mean())), angle, 1)
    transform[:, 2] = transform[:, 2] + rng.uniform(-1, 1, 2) * settings.shift * diameter
    moved = cv2.warpAffine(depth, transform, depth.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=float(depth.min()))
    wobble = _draw_smooth_noise(outline.shape, max(1.0, WOBBLE * diameter), rng) * settings.contour * diameter
    growth = rng.uniform(-1, 1) * settings.grow * diameter
    return np.asarray(moved + wobble + growth > 0, dtype=np.bool_)


def _draw_smooth_noise(shape: tuple[int, ...], width: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw noise with standard deviation 1, smooth over `width` pixels: Gaussian noise on a coarse grid, enlarged."""
    step = max(1.0, width / GRID_PER_WOBBLE)
    rows, columns = (int(np.ceil(length / step)) + 1 for length in shape)
    coarse = cv2.GaussianBlur(rng.standard_normal((rows, columns)), (0, 0), width / step)
    noise = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(noise / noise.std(), dtype=np.float64)
