"""Frames are picked by time and brightness; what cannot be picked has a reason."""

import numpy as np
import pytest

from sonomics.clean.clips.views import Views, check_views, pick_frames
from sonomics.core.errors import StudyError

VIEWS: Views = {
    "grey": {"from": "still"},
    "arterial": {"from": "clip", "window_s": [0, 30], "pick": "peak"},
    "portal": {"from": "clip", "window_s": [30, 120], "pick": "mean"},
}
TIMES = np.array([0.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0])
LEVELS = np.array([10.0, 50.0, 50.0, 99.0, 40.0, 20.0, 99.0])


def test_peak_is_the_earliest_brightest_and_mean_the_nearest_to_the_mean() -> None:
    arterial, portal = pick_frames(LEVELS, TIMES, VIEWS, "")
    assert (arterial.view, arterial.frame, arterial.time_s, arterial.reason) == ("arterial", 1, 10.0, "")
    # mean of 99, 40, 20 is 53: 40 is nearest; the frame at 120 s lies outside
    assert (portal.view, portal.frame, portal.time_s) == ("portal", 4, 60.0)


def test_a_still_has_the_still_view() -> None:
    (pick,) = pick_frames(np.array([70.0]), None, VIEWS, "")
    assert (pick.view, pick.frame, pick.reason) == ("grey", 0, "")
    assert np.isnan(pick.time_s)


def test_a_stated_view_is_kept_and_another_wording_is_ignored() -> None:
    assert [pick.view for pick in pick_frames(LEVELS, TIMES, VIEWS, "portal")] == ["portal"]
    assert [pick.view for pick in pick_frames(LEVELS, TIMES, VIEWS, "Contrast clip")] == ["arterial", "portal"]


@pytest.mark.parametrize(
    ("levels", "times", "views", "stated", "reasons"),
    [
        (LEVELS, None, VIEWS, "", ["no_frame_times"]),
        (LEVELS, TIMES + 200, VIEWS, "", ["no_frame_in_window", "no_frame_in_window"]),
        (LEVELS[:1], None, {"arterial": VIEWS["arterial"]}, "", ["no_view"]),
        (LEVELS, TIMES, VIEWS, "grey", ["no_view"]),
        (LEVELS[:1], None, {"grey": VIEWS["grey"], "doppler": {"from": "still"}}, "", ["view_unknown"]),
    ],
)
def test_reasons(levels: np.ndarray, times: np.ndarray | None, views: Views, stated: str, reasons: list[str]) -> None:
    picks = pick_frames(levels, times, views, stated)
    assert [pick.reason for pick in picks] == reasons
    assert all(pick.frame == -1 for pick in picks)


def test_overlapping_windows_stop_the_study() -> None:
    check_views(VIEWS)
    with pytest.raises(StudyError, match="windows of arterial and late overlap"):
        check_views({**VIEWS, "late": {"from": "clip", "window_s": [29, 40], "pick": "mean"}})
