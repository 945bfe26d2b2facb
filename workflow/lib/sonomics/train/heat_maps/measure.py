"""Measure how a heat map lies on an outline."""

import numpy as np
from numpy.typing import NDArray

from sonomics.statistics.agreement.overlap import heat_share_inside, hottest_pixels, overlap

# Share of the largest heat by which positions must differ; less is the rounding of single precision.
FLAT = 1e-4
NO_HEAT, IS_FLAT = "no_heat", "flat"
UNDEFINED = {"hot_share": np.nan, "dice": np.nan, "heat_inside": np.nan}

Heat = NDArray[np.float32]


def find_reason_for_no_map(heat: Heat) -> str:
    """Return why a crop has no map: "no_heat" when nothing speaks for the class, "flat" when all positions are equal.

    The last feature map may have a single position. "" when there is a map.
    """
    if not heat.max() > 0:
        return NO_HEAT
    return IS_FLAT if np.ptp(heat) < FLAT * heat.max() else ""


def measure_overlap(heat: Heat, outline: NDArray[np.bool_], share: float) -> dict[str, float]:
    """Measure how a map lies on an outline.

    Parameters
    ----------
    heat : (rows, columns) float
        Of a crop; some of it is above 0.
    outline : (rows, columns) bool
    share : float
        The hottest pixels that count as hot; those without heat never do.

    Returns
    -------
    dict
        `hot_share` of the pixels, `dice` of the hot region and the outline, `heat_inside`: the share of all heat that
        lies in the outline.
    """
    hot = hottest_pixels(heat, share) & (heat > 0)
    dice = overlap(hot, outline).dice
    return {"hot_share": float(hot.mean()), "dice": dice, "heat_inside": heat_share_inside(heat, outline)}
