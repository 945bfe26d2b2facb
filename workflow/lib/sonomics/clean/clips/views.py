"""Pick the frames of an instance that the study uses, and their views."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError

STILL, CLIP = "still", "clip"
PEAK, MEAN = "peak", "mean"

Views = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Pick:
    """A frame picked for a view, or the reason why there is none.

    Attributes
    ----------
    view : str
        "" when no view of the study fits the instance.
    frame : int
        From 0; -1 when there is none.
    time_s : float
        After injection, or after the clip's first frame when injection is `start`; NaN for a still or without frame.
    reason : str
        "" for a chosen frame, else `no_view`, `view_unknown`, `no_frame_times`, `no_injection_time` or
        `no_frame_in_window`.
    """

    view: str
    frame: int = -1
    time_s: float = float("nan")
    reason: str = ""


def check_views(views: Views) -> None:
    """Stop a study whose clip windows overlap: one frame would represent two views.

    Raises
    ------
    StudyError
    """
    windows = {name: rule["window_s"] for name, rule in views.items() if rule["from"] == CLIP}
    for (one, (start, end)), (other, (begin, finish)) in combinations(windows.items(), 2):
        if start < finish and begin < end:
            rule = f"the windows of {one} and {other} overlap"
            raise StudyError("params.yaml, clean.views", rule, "let one window end where the other begins")


def pick_frames(
    intensity: NDArray[np.floating],
    times_s: NDArray[np.floating] | None,
    views: Views,
    stated: str,
    shown: Collection[str] = (),
) -> list[Pick]:
    """Pick frames of one instance for the views of a study.

    Parameters
    ----------
    intensity : (frames,) float
        Mean grey level of each frame.
    times_s : (frames,) float or None
        Time of each frame; None when unknown, NaN when the time of injection is unknown.
    views : mapping
        `clean.views`: name to rule. `from: still` takes an instance of one frame; `from: clip` takes of several frames
        within `window_s` (seconds, the end excluded) the brightest (`pick: peak`) or the one whose brightness is
        nearest to the window's mean (`pick: mean`); the earliest of equals. `shows` narrows a view to images of one
        kind.
    stated : str
        The view the source states; when it is one of `views`, no other is considered.
    shown : collection of str
        Kinds of the instance: `tissue` or `flow`, and `contrast`.

    Returns
    -------
    list of Pick
        One per view in the order of `views`, or a single one with the reason why no view fits.
    """
    source = STILL if len(intensity) == 1 else CLIP
    fitting = [
        name
        for name, rule in views.items()
        if rule["from"] == source
        and (stated not in views or stated == name)
        and ("shows" not in rule or rule["shows"] in shown)
    ]
    if not fitting:
        return [Pick("", reason="no_view")]
    if source == STILL:
        return [Pick(fitting[0], frame=0)] if len(fitting) == 1 else [Pick("", reason="view_unknown")]
    if times_s is None:
        return [Pick("", reason="no_frame_times")]
    if np.isnan(times_s).any():
        return [Pick("", reason="no_injection_time")]
    return [_pick_within(intensity, times_s, name, views[name]) for name in fitting]


def _pick_within(
    intensity: NDArray[np.floating], times_s: NDArray[np.floating], view: str, rule: Mapping[str, Any]
) -> Pick:
    start, end = rule["window_s"]
    in_window = np.flatnonzero((times_s >= start) & (times_s < end))
    if len(in_window) == 0:
        return Pick(view, reason="no_frame_in_window")
    levels = intensity[in_window]
    target = {PEAK: levels.max(), MEAN: levels.mean()}[rule["pick"]]
    frame = int(in_window[np.abs(levels - target).argmin()])
    return Pick(view, frame, float(times_s[frame]))
