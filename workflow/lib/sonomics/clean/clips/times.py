"""Read when the frames of a clip were taken, and when the contrast agent was injected."""

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.clean.images.tags import read_number, read_numbers, read_text

DAY_S = 86_400.0
LONGEST_EXAM_S = 7_200.0  # a convention: clocks further apart are of two exams, or wrong
FRAME_TIME, FRAME_TIME_VECTOR = 0x00181063, 0x00181065


def read_frame_times_s(tags: Dataset, count: int) -> NDArray[np.float64] | None:
    """Read the time of each frame since the first (PS3.3 C.7.6.5).

    Frame Increment Pointer decides between Frame Time Vector and Frame Time; without it, or when the element that it
    points to is absent, the first of them that is present, then Actual Frame Duration, then Cine Rate.

    Parameters
    ----------
    tags : Dataset
    count : int
        Number of frames.

    Returns
    -------
    (count,) float array, or None
        None when the file does not state them, or states impossible ones: a vector of another length, steps that do not
        increase.
    """
    vector = read_numbers(tags, "FrameTimeVector")
    readings = {
        FRAME_TIME_VECTOR: np.asarray(vector[1:]) if len(vector) == count else None,
        FRAME_TIME: _repeat_step(read_number(tags, "FrameTime"), count),
    }
    pointer = read_number(tags, "FrameIncrementPointer")
    order = sorted(readings, key=lambda tag: tag != pointer)
    steps = next((readings[tag] for tag in order if readings[tag] is not None), None)
    if steps is None:
        steps = _repeat_step(read_number(tags, "ActualFrameDuration"), count)
    if steps is None and (rate := read_number(tags, "CineRate")) > 0:
        steps = _repeat_step(1000 / rate, count)
    if steps is None or len(steps) == 0 or (steps <= 0).any():
        return None
    return np.concatenate([[0.0], np.cumsum(steps)]) / 1000


def read_injection_s(tags: Dataset) -> float:
    """Read the time of injection on the clip's clock.

    Returns
    -------
    float
        Contrast/Bolus Start Time (0018,1042) less the clip's Acquisition Time (0008,0032), or its Content Time
        (0008,0033) where that is absent: seconds after the first frame, negative when the injection came first. NaN
        when one of them is absent or malformed, or they are more than two hours apart.
    """
    start = _read_clock_s(read_text(tags, "AcquisitionTime") or read_text(tags, "ContentTime"))
    since = _read_clock_s(read_text(tags, "ContrastBolusStartTime")) - start
    since = (since + DAY_S / 2) % DAY_S - DAY_S / 2  # an exam may pass midnight
    return since if abs(since) <= LONGEST_EXAM_S else math.nan


def _repeat_step(step_ms: float, count: int) -> NDArray[np.float64] | None:
    return np.full(count - 1, step_ms) if step_ms > 0 else None


def _read_clock_s(value: str) -> float:
    """Turn a DICOM time (HHMMSS.FFFFFF) into seconds since midnight."""
    whole, _, fraction = value.partition(".") if value.isascii() else ("", "", "")
    try:
        clock = datetime.strptime(whole, "%H%M%S")
    except ValueError:
        return math.nan
    seconds = 3600 * clock.hour + 60 * clock.minute + clock.second
    return seconds + (float(f"0.{fraction}") if fraction.isascii() and fraction.isdigit() else 0.0)
