"""Measure the parameters of the time-intensity curve of a contrast clip."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Shares of the rise: where the agent arrives, and between which the wash-in is measured, as rise times usually are.
FOOT, LOW, HIGH = 0.1, 0.1, 0.9
# The least rise that is enhancement: grey levels of 255, share of the baseline, SDs before arrival. Conventions.
LEAST_RISE, LEAST_SHARE, NOISE = 4.0, 0.3, 3.0
# Seconds either way whose median is taken: shorter than a breath, longer than a flickering frame. A convention.
SMOOTHED_S = 0.5
# Seconds after arrival over which the area is taken; a convention.
AUC_S = 60.0
# Frames that a curve and a line through its end need at least.
FEWEST_FRAMES, FEWEST_ON_A_LINE = 5, 3
NO_TIMES, TOO_SHORT, NO_RISE = "no_frame_times", "too_few_frames", "no_enhancement"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Parameters of a time-intensity curve, in grey levels of the display (log-compressed) and seconds.

    Attributes
    ----------
    baseline : float
        Mean of the frames before arrival.
    arrival_s : float
        When the curve last rises through baseline + 10 % of the rise before the peak, on the clock of the given times.
    time_to_peak_s : float
        From arrival to the highest frame.
    peak : float
        Its height above baseline.
    wash_in : float
        Slope from 10 % to 90 % of the rise, per second.
    wash_out : float
        Slope of the least-squares line from the peak on, per second; negative when the agent leaves. NaN with fewer
        than three frames.
    auc : float
        Area above baseline over the first 60 s after arrival; NaN when the clip ends before.
    reason : str
        "" or why everything is NaN: `no_frame_times`, `too_few_frames` (fewer than five), `no_enhancement` (the rise is
        less than 4 grey levels, 30 % of the baseline, or three times the spread before arrival).
    """

    baseline: float = math.nan
    arrival_s: float = math.nan
    time_to_peak_s: float = math.nan
    peak: float = math.nan
    wash_in: float = math.nan
    wash_out: float = math.nan
    auc: float = math.nan
    reason: str = ""

    @property
    def doubles(self) -> bool:
        """Tell whether the grey level at least doubles, as in contrast mode and hardly by moving tissue."""
        return self.peak >= self.baseline


def measure_curve(times_s: Floats | None, intensity: Floats) -> Curve:
    """Measure a time-intensity curve.

    Parameters
    ----------
    times_s : (frames,) float or None
        Ascending.
    intensity : (frames,) float
        Mean grey level of each frame; the median of half a second either way is used.
    """
    if times_s is None:
        return Curve(reason=NO_TIMES)
    if len(times_s) < FEWEST_FRAMES:
        return Curve(reason=TOO_SHORT)
    smooth = _smooth(times_s, intensity)
    top = int(smooth.argmax())
    floor = float(smooth[: top + 1].min())
    arrival = _find_last_crossing(times_s[: top + 1], smooth[: top + 1], floor + FOOT * (smooth[top] - floor))
    before = smooth[times_s < arrival] if not math.isnan(arrival) else smooth[:0]
    if before.size == 0:
        return Curve(reason=NO_RISE)
    baseline = float(before.mean())
    rise = float(smooth[top]) - baseline
    if rise < max(LEAST_RISE, LEAST_SHARE * baseline, NOISE * float(before.std())):
        return Curve(reason=NO_RISE)
    climb = times_s[: top + 1], smooth[: top + 1]
    low, high = (_find_last_crossing(*climb, baseline + share * rise) for share in (LOW, HIGH))
    return Curve(
        baseline=baseline,
        arrival_s=arrival,
        time_to_peak_s=float(times_s[top]) - arrival,
        peak=rise,
        wash_in=(HIGH - LOW) * rise / (high - low),
        wash_out=_fit_slope(times_s[top:], smooth[top:]),
        auc=_integrate(times_s, smooth - baseline, arrival),
    )


def _smooth(times_s: Floats, intensity: Floats) -> Floats:
    first = np.searchsorted(times_s, times_s - SMOOTHED_S, side="left")
    last = np.searchsorted(times_s, times_s + SMOOTHED_S, side="right")
    return np.array([np.median(intensity[start:end]) for start, end in zip(first, last, strict=True)])


def _find_last_crossing(times_s: Floats, climb: Floats, level: float) -> float:
    """Find when a climb last rises through a level, between frames by interpolation; NaN when it never does."""
    below = np.flatnonzero(climb < level)
    if below.size == 0 or below[-1] == len(climb) - 1:
        return math.nan
    start = below[-1]
    share = (level - climb[start]) / (climb[start + 1] - climb[start])
    return float(times_s[start] + share * (times_s[start + 1] - times_s[start]))


def _fit_slope(times_s: Floats, levels: Floats) -> float:
    if len(times_s) < FEWEST_ON_A_LINE:
        return math.nan
    since = times_s - times_s.mean()
    return float((since * levels).sum() / (since**2).sum())


def _integrate(times_s: Floats, enhancement: Floats, arrival_s: float) -> float:
    end = arrival_s + AUC_S
    if times_s[-1] < end:
        return math.nan
    between = (times_s > arrival_s) & (times_s < end)
    grid = np.concatenate([[arrival_s], times_s[between], [end]])
    return float(np.trapezoid(np.interp(grid, times_s, enhancement), grid))
