"""Shape and orientation: compare the outline with its ellipse and its convex hull."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.texture.discretise import Mask

CONTOUR = (
    "depth_to_width", "tilt", "axis_ratio", "elliptic_circumference", "solidity", "hull_to_perimeter",
    "ellipse_overlap", "radius_mean", "radius_sd", "radius_roughness", "undulation_sd", "undulation_roughness",
    "undulation_low", "undulation_middle", "undulation_high", "indentations", "deepest_indentation",
)  # fmt: skip
POINTS = 256  # samples along the outline
# Harmonics of the outline around its ellipse, in cycles per turn: lobes, smaller lobes, spicules and jags.
LOW, MIDDLE, HIGH = slice(2, 6), slice(6, 16), slice(16, 48)
# An indentation counts when it is deeper than this share of the diameter: steps of pixels do not.
SHALLOW = 0.03


class Ellipse(NamedTuple):
    """The ellipse with a region's centre and second moments.

    Attributes
    ----------
    centre : (2,) float array
        x and y in pixels.
    variances : (2,) float array
        Along the minor and the major axis, in pixels squared; both above 0.
    axes : (2, 2) float array
        The directions of the two, as columns.
    """

    centre: NDArray[np.float64]
    variances: NDArray[np.float64]
    axes: NDArray[np.float64]

    def radius_of(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of (..., 2) points from the centre, 1 on the ellipse."""
        return np.asarray(np.linalg.norm((points - self.centre) @ self.axes / (2 * np.sqrt(self.variances)), axis=-1))

    @property
    def perimeter(self) -> float:
        """The perimeter in pixels (Ramanujan 1914, second approximation)."""
        minor, major = 2 * np.sqrt(self.variances)
        h = ((major - minor) / (major + minor)) ** 2
        return float(np.pi * (major + minor) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))


def fit_ellipse(mask: Mask) -> Ellipse | None:
    """Fit the ellipse of equal second moments; None when the pixels of the region lie on one line."""
    rows, columns = np.nonzero(mask)
    if len(rows) < 3:
        return None
    variances, axes = np.linalg.eigh(np.cov(np.stack([columns, rows])))
    return Ellipse(np.array([columns.mean(), rows.mean()]), variances, axes) if variances[0] > 1e-6 else None


def trace_contour(mask: Mask) -> NDArray[np.float64] | None:
    """Trace the outline of the largest part of a region.

    Returns
    -------
    (256, 2) float array, or None
        x and y in pixels, evenly spaced along the outline; None when that part has fewer than three pixels.
    """
    parts, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(parts, key=len).reshape(-1, 2).astype(np.float64)
    if len(largest) < 3:
        return None
    closed = np.vstack([largest, largest[:1]])
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1)))
    at = np.linspace(0, length[-1], POINTS, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, axis]) for axis in (0, 1)], axis=1)


def contour_features(mask: Mask, contour: NDArray[np.float64], ellipse: Ellipse) -> NDArray[np.float64]:
    """Compute the shape of an outline; no value depends on the unit of length.

    Parameters
    ----------
    mask : (rows, columns) bool array
        The region.
    contour : (256, 2) float array
        From `trace_contour`.
    ellipse : Ellipse
        From `fit_ellipse`.

    Returns
    -------
    (17,) float array
        In the order of `CONTOUR`: height over width, above 1 "taller than wide" (Stavros et al., Radiology 1995);
        angle of the long axis with the horizontal, degrees; minor over major axis; perimeter over that of the ellipse
        (Chen CM et al., Radiology 2003); area and perimeter against the convex hull; Dice overlap with the ellipse; the
        normalised radial length (Kilday, Palmieri & Fox, IEEE TMI 1993): mean, SD, mean step; the same around the
        ellipse, with the sums of the amplitudes of its harmonics 2-5, 6-15 and 16-47; the number of indentations of the
        hull deeper than 3 % of the diameter of a disc of equal area, and the deepest in such diameters.
    """
    rows, columns = np.nonzero(mask)
    area, diameter = len(rows), 2 * np.sqrt(len(rows) / np.pi)
    steps = np.diff(np.vstack([contour, contour[:1]]), axis=0)
    perimeter = np.linalg.norm(steps, axis=1).sum()
    corners = np.round(contour).astype(np.int32)[:, np.newaxis]
    hull = cv2.convexHull(corners)
    radius = np.linalg.norm(contour - ellipse.centre, axis=1)
    radius /= radius.max()
    around = ellipse.radius_of(contour)
    harmonics = np.abs(np.fft.rfft(around - around.mean())) / POINTS
    horizontal, vertical = np.abs(ellipse.axes[:, 1])
    depths = measure_indentations(corners) / diameter
    return np.array(
        [
            (np.ptp(rows) + 1) / (np.ptp(columns) + 1),
            np.degrees(np.arctan2(vertical, horizontal)),
            np.sqrt(ellipse.variances[0] / ellipse.variances[1]),
            perimeter / ellipse.perimeter,
            area / max(cv2.contourArea(hull), 1.0),
            cv2.arcLength(hull, closed=True) / perimeter,
            overlap(mask, ellipse),
            radius.mean(),
            radius.std(),
            _mean_step(radius),
            around.std(),
            _mean_step(around),
            *(harmonics[part].sum() for part in (LOW, MIDDLE, HIGH)),
            np.count_nonzero(depths > SHALLOW),
            depths.max(initial=0.0),
        ]
    )


def measure_indentations(contour: NDArray[np.int32]) -> NDArray[np.float64]:
    """Measure how deep a closed (n, 1, 2) contour lies within its convex hull: one value in pixels per indentation."""
    hull = np.sort(cv2.convexHull(contour, returnPoints=False).ravel())[::-1]
    if len(hull) < 3:
        return np.zeros(0)
    defects = cv2.convexityDefects(contour, hull[:, np.newaxis])
    return np.zeros(0) if defects is None else defects.reshape(-1, 4)[:, 3] / 256


def overlap(mask: Mask, ellipse: Ellipse) -> float:
    """Return the Dice overlap of a region with its ellipse, on the pixels of the image."""
    rows, columns = np.mgrid[: mask.shape[0], : mask.shape[1]]
    in_ellipse = ellipse.radius_of(np.stack([columns, rows], axis=-1).astype(np.float64)) <= 1
    return float(2 * np.count_nonzero(in_ellipse & mask) / (np.count_nonzero(in_ellipse) + np.count_nonzero(mask)))


def _mean_step(closed: NDArray[np.float64]) -> float:
    return float(np.abs(np.diff(closed, append=closed[:1])).mean())
