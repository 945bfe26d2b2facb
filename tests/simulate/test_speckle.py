"""Physics of the simulated echoes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.seeds import generator
from sonomics.simulate.scanner.speckle import beam_width, beamform, decorrelated, log_compress, scatterers

RAYLEIGH_SNR = 1.9131  # mean over standard deviation: sqrt(pi / (4 - pi))


@pytest.fixture(scope="module")
def echoes() -> np.ndarray:
    field = scatterers(generator("speckle"), (700, 300))
    width = np.linspace(3, 6, 700, dtype=np.float32)
    return beamform(field, 3.0, width)


def test_fully_developed_speckle_has_the_snr_of_a_rayleigh_envelope(echoes: np.ndarray) -> None:
    envelope = np.abs(echoes[20:-20, 20:-20])
    assert envelope.mean() / envelope.std() == pytest.approx(RAYLEIGH_SNR, abs=0.04)


def test_power_is_that_of_the_tissue_at_every_depth(echoes: np.ndarray) -> None:
    power = (np.abs(echoes[20:-20, 20:-20]) ** 2).mean(axis=1).reshape(6, -1).mean(axis=1)
    assert power == pytest.approx(np.ones(6), abs=0.12)


def test_a_point_is_seen_as_wide_as_the_beam() -> None:
    depths = np.linspace(0, 140, 200, dtype=np.float32)
    width = beam_width(depths, focus_mm=60, at_focus_mm=6, depth_of_field_mm=40)
    measured = []
    for sample in (86, 140, 190):
        field = np.zeros((200, 129), np.complex64)
        field[sample, 64] = 1
        profile = np.abs(beamform(field, 1.0, width))[sample]
        above = np.flatnonzero(profile >= profile.max() / 2)
        measured.append(above[-1] - above[0] + 1)
        assert measured[-1] == pytest.approx(width[sample], abs=1.5)
    assert measured[0] < measured[1] < measured[2]


def test_beam_is_narrowest_at_the_focus_and_wider_by_root_two_at_the_depth_of_field() -> None:
    assert beam_width(np.array([60.0]), 60, 1.5, 40) == pytest.approx(1.5)
    assert beam_width(np.array([20.0, 100.0]), 60, 1.5, 40) == pytest.approx(1.5 * np.sqrt(2))


@given(correlation=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_decorrelation_keeps_power_and_correlates_as_told(correlation: float) -> None:
    first = scatterers(generator("first"), (120, 120))
    second = decorrelated(first, correlation, generator("second"))
    power = (np.abs(second) ** 2).mean()
    assert power == pytest.approx(1, abs=0.05)
    assert (first * second.conj()).mean().real / np.sqrt(power) == pytest.approx(correlation, abs=0.05)


def test_log_compression_maps_decibels_linearly() -> None:
    echoes = np.array([[1.0, 10.0, 0.1, 1e-9, 1e9]], np.complex64)
    assert log_compress(echoes, 0.0, 60.0)[0] == pytest.approx([127.5, 212.5, 42.5, 0, 255])
    assert log_compress(echoes[:, :1], 6.0, 60.0)[0, 0] == pytest.approx(127.5 + 25.5)
