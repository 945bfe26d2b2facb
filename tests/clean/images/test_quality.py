"""Quality scores move as the images they score."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.clean.images.quality import measure_quality


@pytest.fixture
def scan() -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).normal(0, 1, (240, 320)).astype(np.float32)
    speckle = cv2.GaussianBlur(noise, (0, 0), 1.5)
    return np.clip(90 + 80 * speckle / speckle.std() / 2, 10, 230).astype(np.uint8)


def test_blur_lowers_sharpness_and_gain_leaves_it(scan: NDArray[np.uint8]) -> None:
    sharp = measure_quality(scan).sharpness
    assert measure_quality(cv2.GaussianBlur(scan, (0, 0), 3)).sharpness < 0.2 * sharp
    assert measure_quality(scan // 2 + 8).sharpness == pytest.approx(sharp, rel=0.05)


def test_saturation_is_the_share_of_white(scan: NDArray[np.uint8]) -> None:
    assert measure_quality(scan).saturation == 0
    scan[:, :80] = 255
    assert measure_quality(scan).saturation == pytest.approx(0.25)


def test_a_shadow_reaches_the_lower_end_and_a_cyst_does_not(scan: NDArray[np.uint8]) -> None:
    assert measure_quality(scan).shadow == 0
    cyst = scan.copy()
    cv2.circle(cyst, (160, 120), 50, 0, -1)
    assert measure_quality(cyst).shadow == 0
    shadow = scan.copy()
    shadow[120:, 80:160] = 0
    assert measure_quality(shadow).shadow == pytest.approx(120 * 80 / (240 * 320), rel=0.15)


def test_what_lies_beside_the_scan_does_not_count(scan: NDArray[np.uint8]) -> None:
    screen = np.zeros((400, 500), np.uint8)
    screen[40:280, 60:380] = scan
    scores = measure_quality(screen)
    assert scores.shadow < 0.02
    assert scores.sharpness == pytest.approx(measure_quality(scan).sharpness, rel=0.3)


@pytest.mark.parametrize("level", [0, 80])
def test_a_constant_image_has_no_scores(level: int) -> None:
    scores = measure_quality(np.full((40, 50), level, dtype=np.uint8))
    assert all(math.isnan(value) for value in (scores.sharpness, scores.saturation, scores.shadow))
