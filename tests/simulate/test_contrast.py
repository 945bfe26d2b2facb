"""Wash-in and wash-out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.seeds import generator
from sonomics.simulate.anatomy.contrast_agent import bolus, draw_perfusion, draw_times, lesion_curve, liver_curve
from sonomics.simulate.anatomy.lesion import LesionTraits
from sonomics.simulate.anatomy.outlines import fill
from sonomics.simulate.exams.scenes import draw_clip
from sonomics.simulate.scanner.devices import DEVICES

TRAITS = LesionTraits(size_mm=36, cirrhosis=0, margin=0, texture=0, echo=0, arterial=-1, washout=0)
SECONDS = np.arange(0, 180, 0.1)


def test_a_bolus_is_zero_before_arrival_and_one_at_its_peak() -> None:
    assert bolus(np.array([0.0, 10.0, 22.0]), 10, 22) == pytest.approx([0, 0, 1])
    assert bolus(np.array([34.0]), 10, 22)[0] == pytest.approx(8 * np.exp(-3))


@given(washout=st.floats(-3, 3), seed=st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_the_lesion_peaks_in_the_arterial_window_and_washes_out_below_the_liver(washout: float, seed: int) -> None:
    perfusion = draw_perfusion(replace(TRAITS, washout=washout), generator(seed))
    lesion, liver = lesion_curve(SECONDS, perfusion), liver_curve(SECONDS, perfusion)
    assert 15 <= SECONDS[lesion.argmax()] <= 30
    assert lesion[:80].max() == 0
    assert lesion[-1] < liver[-1]


def test_higher_risk_washes_out_earlier_and_deeper() -> None:
    ratios = []
    for washout in (-2.0, 0.0, 2.0):
        perfusion = draw_perfusion(replace(TRAITS, washout=washout), generator("same"))
        at = np.array([60.0, 150.0])
        ratios.append(lesion_curve(at, perfusion) / liver_curve(at, perfusion))
    assert (np.diff(np.array(ratios), axis=0) < 0).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_frame_times_rise_within_three_minutes_denser_at_first(seed: int) -> None:
    times = draw_times(generator(seed))
    assert len(times) == 16
    assert times[0] == 0
    assert times[-1] <= 180
    assert (np.diff(times) > 0).all()
    assert (times <= 40).sum() > (times > 40).sum()


def test_a_clip_shows_the_curve() -> None:
    device = DEVICES["SIM-B1"]
    clip = draw_clip(device, TRAITS, ("clip",))
    angles = np.linspace(0, 2 * np.pi, 200)
    radius = 0.8 * clip.outline.radius(angles)
    mask = fill(
        clip.outline.x + radius * np.cos(angles), clip.outline.z + radius * np.sin(angles), device.clip_placement()
    )
    brightness = clip.frames[:, mask].mean(axis=1)
    assert brightness[0] < 60
    assert 15 <= clip.times_s[brightness.argmax()] <= 30
    neighbours = [np.corrcoef(clip.frames[n][mask], clip.frames[n + 1][mask])[0, 1] for n in range(5, 15)]
    assert 0.3 < np.mean(neighbours) < 0.95
