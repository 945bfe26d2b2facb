"""The lesion in its liver shows its traits."""

from dataclasses import replace

import numpy as np
import pytest

from sonomics.core.seeds import generator
from sonomics.simulate.anatomy.lesion import LesionTraits, Outline, draw_outline, margin_irregularity
from sonomics.simulate.anatomy.liver import draw_liver
from sonomics.simulate.anatomy.outlines import fill, trace
from sonomics.simulate.exams.scenes import draw_other, draw_still
from sonomics.simulate.scanner.devices import DEVICES

DEVICE = DEVICES["SIM-A1"]
TRAITS = LesionTraits(size_mm=36, cirrhosis=0, margin=0, texture=-1, echo=0, arterial=0, washout=0)


def truth(outline: Outline) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    radius = outline.radius(angles)
    placement = DEVICE.still_placement()
    return fill(outline.x + radius * np.cos(angles), outline.z + radius * np.sin(angles), placement)


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def test_a_circle_is_a_circle() -> None:
    circle = Outline(3, 60, 10, 1.0, 0.0, (0.0,) * 9, (0.0,) * 9)
    x, z = np.array([[3.0, 3.0, 33.0]]), np.array([[60.0, 75.0, 60.0]])
    assert circle.outside(x, z)[0] == pytest.approx([-10, 5, 20], abs=1e-4)
    mm2 = truth(circle).sum() * DEVICE.still_placement().mm_per_pixel ** 2
    assert mm2 == pytest.approx(np.pi * 100, rel=0.06)


@pytest.mark.parametrize("margin", [-2.0, 0.0, 2.0])
def test_the_margin_is_as_irregular_as_planted(margin: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    outline = draw_outline(replace(TRAITS, margin=margin), (0, 60), generator("margin", margin))
    smooth = replace(outline, amplitudes=(0.0,) * 9)
    relative = outline.radius(angles) / smooth.radius(angles)
    assert relative.std() == pytest.approx(margin_irregularity(margin), rel=1e-6)


def test_a_larger_echo_value_makes_a_darker_lesion() -> None:
    contrasts = []
    for echo in (-2.0, 0.0, 2.0):
        picture, outline = draw_still(DEVICE, replace(TRAITS, echo=echo), ("echo",))
        mask, around = truth(outline), truth(replace(outline, radius_mm=outline.radius_mm * 1.3))
        contrasts.append(picture[mask].mean() - picture[around & ~mask].mean())
    assert 0 > contrasts[0] > contrasts[1] > contrasts[2]


def test_a_larger_texture_value_makes_a_rougher_lesion() -> None:
    spreads = []
    for texture in (-2.0, 2.0):
        picture, outline = draw_still(DEVICE, replace(TRAITS, texture=texture), ("texture",))
        spreads.append(picture[truth(replace(outline, radius_mm=outline.radius_mm * 0.85))].std())
    assert spreads[1] > spreads[0] * 1.1


def test_vessels_and_diaphragm_keep_clear_of_the_lesion() -> None:
    for number in range(20):
        liver = draw_liver(DEVICE.still, (10.0, 70.0, 22.0), generator("clear", number))
        angles = np.linspace(0, 2 * np.pi, 60)
        x, z = 10 + 22 * np.cos(angles), 70 + 22 * np.sin(angles)
        assert liver.beyond_diaphragm(x, z).max() < 0
        assert all(vessel.outside(x, z).min() > 0 for vessel in liver.vessels)


def test_readers_agree_well_but_not_perfectly() -> None:
    placement, scores = DEVICE.still_placement(), []
    for number in range(40):
        outline = draw_outline(TRAITS, (0, 60), generator("reader", number))
        masks = [
            trace(outline, reader, placement, generator("reader", number, reader, session))
            for reader, session in (("reader_1", 1), ("reader_1", 2), ("reader_2", 1))
        ]
        scores += [dice(masks[0], masks[1]), dice(masks[0], masks[2])]
    assert 0.90 < np.mean(scores) < 0.95
    assert np.quantile(scores, 0.05) > 0.86
    assert max(scores) < 0.99


@pytest.mark.parametrize(
    ("kind", "least", "most"), [("dark", 0, 6), ("saturated", 225, 255), ("reverberation", 5, 60), ("kidney", 60, 130)]
)
def test_other_pictures_have_the_brightness_of_their_kind(kind: str, least: float, most: float) -> None:
    picture = draw_other(DEVICE, kind, TRAITS, ("other",))
    assert least <= picture[picture.shape[0] // 2, 150:350].mean() <= most
