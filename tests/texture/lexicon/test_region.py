import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.texture.lexicon.contour import CONTOUR, fit_ellipse, measure_indentations, trace_contour
from sonomics.texture.lexicon.echo import ECHO, lay_strips
from sonomics.texture.lexicon.margin import MARGIN
from sonomics.texture.lexicon.region import NAMES, compute_features, signed_distance
from tests.texture.regions import odd_regions

SHAPE = (160, 200)
INSIDE, OUTSIDE = 60.0, 120.0


def ellipse(half_width, half_height, tilt=0.0):
    mask = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(mask, (100, 80), (half_width, half_height), tilt, 0, 360, 1, -1)
    return mask.astype(bool)


def star(arms, depth):
    angle = np.linspace(0, 2 * np.pi, 400)
    radius = 40 * (1 + depth * np.cos(arms * angle))
    points = np.stack([100 + radius * np.cos(angle), 80 + radius * np.sin(angle)], axis=1)
    mask = np.zeros(SHAPE, np.uint8)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1)
    return mask.astype(bool)


def lesion(mask, inside=INSIDE, outside=OUTSIDE):
    return np.where(mask, inside, outside)


def described(pixels, mask):
    return dict(zip(NAMES, compute_features(pixels, mask), strict=True))


def test_names_are_unique():
    assert len(NAMES) == len(set(NAMES)) == 1 + len(CONTOUR) + len(MARGIN) + len(ECHO)


def test_ellipse_is_its_own_ellipse():
    values = described(lesion(mask := ellipse(50, 25)), mask)
    assert values["diameter"] == pytest.approx(2 * np.sqrt(mask.sum() / np.pi))
    assert values["depth_to_width"] == pytest.approx(51 / 101)
    assert values["axis_ratio"] == pytest.approx(0.5, abs=0.01)
    assert values["tilt"] == pytest.approx(0, abs=0.5)
    assert values["ellipse_overlap"] > 0.98
    assert values["elliptic_circumference"] == pytest.approx(1, abs=0.06)
    assert values["indentations"] == 0
    assert values["solidity"] > 0.97


def test_taller_than_wide_and_tilted():
    assert described(lesion(upright := ellipse(25, 50)), upright)["depth_to_width"] == pytest.approx(101 / 51)
    assert described(lesion(oblique := ellipse(50, 25, 30)), oblique)["tilt"] == pytest.approx(30, abs=1)


@pytest.mark.parametrize("arms", [5, 8])
def test_arms_are_indentations_and_harmonics(arms):
    values = described(lesion(mask := star(arms, 0.2)), mask)
    smooth = described(lesion(disc := ellipse(40, 40)), disc)
    assert values["indentations"] == arms
    band = "undulation_low" if arms < 6 else "undulation_middle"
    assert values[band] > 10 * smooth[band]
    assert values["elliptic_circumference"] > 1.1 * smooth["elliptic_circumference"]
    assert values["solidity"] < 0.95 * smooth["solidity"]


def test_an_indentation_is_as_deep_as_it_was_cut():
    square = np.array([[0, 0], [40, 0], [40, 40], [20, 25], [0, 40]], np.int32)[:, np.newaxis]
    assert measure_indentations(square) == pytest.approx([15], abs=0.01)


def test_contour_is_evenly_spaced_and_of_the_largest_part():
    mask = ellipse(30, 20)
    mask[5:8, 5:8] = True
    steps = np.linalg.norm(np.diff(trace_contour(mask), axis=0), axis=1)
    assert steps.max() < 1.05 * np.median(steps)
    assert trace_contour(mask).mean(axis=0) == pytest.approx([100, 80], abs=1)


def test_sharp_edge_by_hand():
    values = described(lesion(mask := ellipse(40, 40)), mask)
    step = OUTSIDE - INSIDE
    assert values["step_thin"] == values["step_wide"] == step
    assert values["edge_far"] == pytest.approx(step, abs=0.5)
    assert values["edge_weak"] == 0
    assert values["edge_offset"] < 0.02
    blurred = cv2.GaussianBlur(lesion(mask), (0, 0), 6)
    assert described(blurred, mask)["slope_mean"] < 0.5 * values["slope_mean"]


def test_no_edge_is_a_weak_edge():
    noise = np.random.default_rng(0).normal(100, 10, SHAPE)
    assert described(noise, ellipse(40, 30))["edge_weak"] > 0.8


def test_halo_is_a_bright_rim():
    mask = ellipse(40, 40)
    rim = (signed_distance(mask) > 0) & (signed_distance(mask) < 6)
    assert described(np.where(rim, 200.0, lesion(mask)), mask)["halo"] > 30


def test_echo_pattern_by_hand():
    mask = ellipse(40, 40)
    values = described(lesion(mask), mask)
    assert values["echo_difference"] == INSIDE - OUTSIDE
    assert values["echo_ratio"] == INSIDE / OUTSIDE
    assert (values["heterogeneity"], values["dark_share"], values["bright_share"], values["foci"]) == (0, 1, 0, 0)
    spots = lesion(mask)
    spots[60:63, 90:93] = spots[90:93, 100:103] = 255
    assert described(spots, mask)["foci"] > 0


def test_shadow_and_enhancement():
    mask = ellipse(40, 30)
    below, above, beside = lay_strips(mask, round(0.75 * 2 * np.sqrt(mask.sum() / np.pi)))
    assert not (below & above).any()
    assert not ((below | above | beside) & mask).any()
    for grey in (20.0, 220.0):
        pixels = lesion(mask)
        pixels[below] = grey
        values = described(pixels, mask)
        assert values["posterior_beside"] == grey - OUTSIDE
        assert values["posterior_lesion"] == grey - INSIDE
        assert values["anterior_lesion"] == OUTSIDE - INSIDE


def test_lesion_at_the_lower_edge_has_no_posterior_echoes():
    mask = np.zeros(SHAPE, bool)
    mask[100:, 60:140] = True
    values = described(lesion(mask), mask)
    assert np.isnan(values["posterior_lesion"])
    assert np.isfinite(values["anterior_lesion"])


def test_nothing_but_black_around():
    mask = ellipse(30, 30)
    values = described(lesion(mask, outside=0.0), mask)
    assert np.isfinite([values[name] for name in CONTOUR]).all()
    assert np.isnan([values[name] for name in (*MARGIN, *ECHO)]).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", [(64, 100), (5, 5)])
def test_an_image_with_a_hole_has_a_shape_alone(value, place):
    mask = ellipse(40, 30)
    pixels = lesion(mask)
    pixels[place] = value
    values = described(pixels, mask)
    assert {name for name, found in values.items() if np.isfinite(found)} == {"diameter", *CONTOUR}


def test_a_lesion_like_its_surroundings_has_no_contrast():
    mask = ellipse(40, 30)
    values = described(lesion(mask, outside=INSIDE), mask)
    assert np.isfinite(list(values.values())).all()
    none = ("edge_mean", "halo", "echo_difference", "echo_z", "heterogeneity", "foci", "posterior_beside")
    assert [values[name] for name in none] == pytest.approx([0] * len(none), abs=1e-9)


@pytest.mark.parametrize("name", odd_regions())
def test_odd_regions_are_described_or_undefined(name):
    mask = odd_regions()[name]
    pixels = np.random.default_rng(1).integers(1, 256, mask.shape).astype(float)
    values = compute_features(pixels, mask)
    assert values[0] == pytest.approx(2 * np.sqrt(mask.sum() / np.pi))
    apart = name == "every second pixel"
    assert np.isnan(values[1]) == (apart or fit_ellipse(mask) is None)
    assert not np.isinf(values).any()


def test_empty_region_is_undefined():
    assert np.isnan(compute_features(np.ones(SHAPE), np.zeros(SHAPE, bool))).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(12, 45), st.integers(12, 45), st.floats(0, 180), st.integers(0, 1000))
def test_mirrored_left_to_right(half_width, half_height, tilt, seed):
    mask = ellipse(half_width, half_height, tilt)
    pixels = cv2.GaussianBlur(np.random.default_rng(seed).integers(1, 256, SHAPE).astype(float), (0, 0), 2)
    there, back = described(pixels, mask), described(np.ascontiguousarray(pixels[:, ::-1]), mask[:, ::-1].copy())
    for name in ("diameter", "depth_to_width", "axis_ratio", "step_wide", "echo_ratio", "ellipse_overlap"):
        assert back[name] == pytest.approx(there[name], rel=1e-9)
    assert back["tilt"] == pytest.approx(there["tilt"], abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 2.0), st.integers(0, 1000))
def test_gain_changes_no_ratio(gain, seed):
    mask = ellipse(40, 30)
    pixels = np.random.default_rng(seed).integers(40, 120, SHAPE).astype(float)
    before, after = described(pixels, mask), described(gain * pixels, mask)
    for name in ("echo_ratio", "echo_z", "heterogeneity", "heterogeneity_ratio", "edge_weak", "dark_share", *CONTOUR):
        assert after[name] == pytest.approx(before[name], rel=1e-9)
