"""Frame times and the time of injection, read or not stated."""

import math

import numpy as np
import pytest
from pydicom.dataset import Dataset

from sonomics.clean.clips.times import read_frame_times_s, read_injection_s
from sonomics.clean.images.decode import ignore_harmless_warnings


def tags_of(**elements: object) -> Dataset:
    tags = Dataset()
    with ignore_harmless_warnings():
        for name, value in elements.items():
            setattr(tags, name, value)
    return tags


@pytest.mark.parametrize(
    ("elements", "times"),
    [
        ({"FrameTimeVector": [0, 1000, 500, 2500]}, [0, 1, 1.5, 4]),
        ({"FrameTimeVector": [70, 1000, 500, 2500]}, [0, 1, 1.5, 4]),
        ({"FrameTime": 40}, [0, 0.04, 0.08, 0.12]),
        ({"FrameTime": 40, "FrameTimeVector": [0, 10, 10, 10]}, [0, 0.01, 0.02, 0.03]),
        ({"FrameTime": 40, "FrameTimeVector": [0, 10, 10, 10], "FrameIncrementPointer": 0x00181063},
         [0, 0.04, 0.08, 0.12]),
        ({"FrameTime": 40, "FrameIncrementPointer": 0x00181065}, [0, 0.04, 0.08, 0.12]),
        ({"ActualFrameDuration": 50}, [0, 0.05, 0.1, 0.15]),
        ({"CineRate": 20}, [0, 0.05, 0.1, 0.15]),
    ],
)  # fmt: skip
def test_frame_times(elements: dict[str, object], times: list[float]) -> None:
    found = read_frame_times_s(tags_of(**elements), 4)
    assert found is not None
    np.testing.assert_allclose(found, times)


@pytest.mark.parametrize(
    "elements", [{}, {"FrameTimeVector": [0, 1000]}, {"FrameTimeVector": [0, 9, -3, 9]}, {"FrameTime": 0}]
)
def test_frame_times_may_be_unknown(elements: dict[str, object]) -> None:
    assert read_frame_times_s(tags_of(**elements), 4) is None


def test_a_still_has_no_frame_times() -> None:
    assert read_frame_times_s(tags_of(FrameTime=40), 1) is None


@pytest.mark.parametrize(
    ("start", "bolus", "injection_s"),
    [
        ("101500", "101448.5", -11.5),
        ("101500.25", "101510", 9.75),
        ("000005", "235950", -15),
        ("101500", "", math.nan),
        ("101500", "soon", math.nan),
        ("101500", "071500", math.nan),
    ],
)
def test_injection_is_bolus_start_less_acquisition(start: str, bolus: str, injection_s: float) -> None:
    tags = tags_of(AcquisitionTime=start, ContrastBolusStartTime=bolus)
    assert read_injection_s(tags) == pytest.approx(injection_s, nan_ok=True)


def test_content_time_stands_in_for_acquisition_time() -> None:
    assert read_injection_s(tags_of(ContentTime="101500", ContrastBolusStartTime="101450")) == -10
