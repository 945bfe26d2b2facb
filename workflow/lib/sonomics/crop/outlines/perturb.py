"""Outlines as another reader might have drawn them, for the stability of features when there is one reader."""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import Mask
from sonomics.crop.regions.region import diameter

# Wobbles of the contour are as long as this share of the diameter.
WOBBLE = 0.15
# Pixels of a coarse grid in the width of a wobble: enough for it to be smooth.
COARSE = 4


def perturb(outline: Mask, settings: Mapping[str, float], generator: np.random.Generator) -> Mask:
    """Grow, shift, rotate and wobble an outline at random (after Zwanenburg A, et al., Sci Rep 2019).

    Parameters
    ----------
    outline : (rows, columns) bool array
        Not empty.
    settings : mapping
        `grow`, `shift` (along rows and along columns), `contour`: largest change (of `contour`: standard deviation) as
        a share of the diameter of a disc of the outline's area; `rotate`: largest angle in degrees.
    generator : numpy Generator

    Returns
    -------
    (rows, columns) bool array
        It may be empty when the region is thin and shrinks.
    """
    size = diameter(outline)
    inside, outside = (
        cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (outline, ~outline)
    )
    depth = np.where(outline, inside - 0.5, 0.5 - outside).astype(np.float32)
    rows, columns = np.nonzero(outline)
    angle = generator.uniform(-settings["rotate"], settings["rotate"])
    move = cv2.getRotationMatrix2D((float(columns.mean()), float(rows.mean())), angle, 1)
    move[:, 2] = move[:, 2] + generator.uniform(-1, 1, 2) * settings["shift"] * size
    moved = cv2.warpAffine(depth, move, depth.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=float(depth.min()))
    wobble = _smooth_noise(outline.shape, max(1.0, WOBBLE * size), generator) * settings["contour"] * size
    grow = generator.uniform(-1, 1) * settings["grow"] * size
    return np.asarray(moved + wobble + grow > 0, dtype=np.bool_)


def _smooth_noise(shape: tuple[int, ...], width: float, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw Gaussian noise as smooth as a Gaussian of some width, of standard deviation 1; coarsely, then enlarged."""
    step = max(1.0, width / COARSE)
    rows, columns = (int(np.ceil(length / step)) + 1 for length in shape)
    coarse = cv2.GaussianBlur(generator.standard_normal((rows, columns)), (0, 0), width / step)
    noise = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(noise / noise.std(), dtype=np.float64)
