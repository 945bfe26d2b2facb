"""Frames with new text are looked at, frames of moving tissue are not."""

from sonomics.imaging.burned_in_text.changed_frames import iterate_changed_frames
from tests.export.planted import written
from tests.imaging.burned_in_text.tissue import echoes


def chosen(frames):
    seen = list(iterate_changed_frames(iter(frames)))
    return [next(number for number, frame in enumerate(frames) if frame is picture) for picture in seen]


def test_new_text_is_seen_once():
    frames = [echoes(seed) for seed in range(12)]
    for number in range(7, 10):
        frames[number] = written(frames[number], (100, 100), "JANE DOE")
    assert chosen(frames) == [0, 7]


def test_other_text_is_seen_again():
    frames = [echoes(0)] * 6
    frames[2] = written(echoes(0), (100, 100), "JANE")
    frames[4] = written(echoes(0), (20, 150), "DOE")
    assert chosen(frames) == [0, 2, 4]


def test_moving_tissue_is_not():
    frames = [echoes(0)[step : step + 150, 2 * step : 2 * step + 200] for step in range(12)]
    assert chosen(frames) == [0]


def test_a_clip_without_frames_has_none():
    assert chosen([]) == []
