"""Frames with new text are looked at, frames of moving tissue are not."""

import numpy as np

from sonomics.imaging.burned_in_text.changed_frames import iterate_changed_frames
from tests.export.planted import BOX, speckle, written

TOP, LEFT, BOTTOM, RIGHT = BOX


def scan(seed):
    return speckle(seed)[0][TOP:BOTTOM, LEFT:RIGHT]


def chosen(frames):
    seen = list(iterate_changed_frames(iter(frames)))
    return [next(number for number, frame in enumerate(frames) if frame is picture) for picture in seen]


def test_new_text_is_seen_once():
    frames = [scan(seed) for seed in range(12)]
    for number in range(7, 10):
        frames[number] = written(frames[number], (100, 100), "JANE DOE")
    assert chosen(frames) == [0, 7]


def test_other_text_is_seen_again():
    frames = [scan(0)] * 6
    frames[2] = written(scan(0), (100, 100), "JANE")
    frames[4] = written(scan(0), (150, 200), "DOE")
    assert chosen(frames) == [0, 2, 4]


def test_moving_tissue_is_not():
    frames = [np.roll(scan(0), (step, 2 * step), axis=(0, 1)) for step in range(8)]
    assert chosen(frames) == [0]


def test_a_clip_without_frames_has_none():
    assert chosen([]) == []
