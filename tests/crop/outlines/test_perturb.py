import numpy as np
import pytest

from sonomics.core.settings.crop import Perturb
from sonomics.crop.outlines.perturb import _draw_smooth_noise, perturb
from sonomics.crop.regions.region import equivalent_diameter

STILL = Perturb(times=1, grow=0.0, shift=0.0, rotate=0.0, contour=0.0)


def disc(radius=15, shape=(80, 90), centre=(40, 45)):
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return np.hypot(rows - centre[0], columns - centre[1]) <= radius


def generator(seed=1):
    return np.random.default_rng(seed)


def test_nothing_asked_changes_nothing():
    assert (perturb(disc(), STILL, generator()) == disc()).all()


def test_a_shift_moves_the_centre_and_keeps_the_area():
    moved = perturb(disc(), STILL.model_copy(update={"shift": 0.2}), generator())
    assert moved.sum() == pytest.approx(disc().sum(), rel=0.03)
    distance = np.hypot(*(np.argwhere(moved).mean(axis=0) - np.argwhere(disc()).mean(axis=0)))
    assert 0.5 < distance <= 0.2 * np.sqrt(2) * equivalent_diameter(disc())


def test_a_shift_is_at_most_what_was_asked_along_rows_and_along_columns():
    asked = STILL.model_copy(update={"shift": 0.2})
    moves = [np.argwhere(perturb(disc(), asked, generator(n))).mean(axis=0) - (40, 45) for n in range(30)]
    assert np.abs(moves).max() <= 0.2 * equivalent_diameter(disc()) + 0.1
    assert np.abs(moves).max() > 0.15 * equivalent_diameter(disc())


def test_growth_changes_the_radius_by_at_most_what_was_asked():
    radii = [
        np.sqrt(perturb(disc(), STILL.model_copy(update={"grow": 0.1}), generator(n)).sum() / np.pi) for n in range(20)
    ]
    assert min(radii) < 15 < max(radii)
    assert max(abs(radius - 15) for radius in radii) <= 0.1 * equivalent_diameter(disc()) + 0.5


def test_rotation_turns_about_the_centre():
    bar = np.zeros((80, 80), bool)
    bar[38:42, 20:60] = True
    turned = perturb(bar, STILL.model_copy(update={"rotate": 45.0}), generator(3))
    spread = np.argwhere(turned).std(axis=0)
    assert spread[0] > 2 * np.argwhere(bar).std(axis=0)[0]
    assert np.allclose(np.argwhere(turned).mean(axis=0), np.argwhere(bar).mean(axis=0), atol=0.5)


def test_a_wobble_keeps_most_of_the_region():
    wobbly = perturb(disc(), STILL.model_copy(update={"contour": 0.03}), generator())
    overlap = 2 * (wobbly & disc()).sum() / (wobbly.sum() + disc().sum())
    assert 0.8 < overlap < 1


def test_a_region_at_the_border_stays_in_the_image():
    corner = np.zeros((30, 30), bool)
    corner[:10, :10] = True
    assert perturb(corner, Perturb(times=1, grow=0.1, shift=0.1, rotate=10, contour=0.02), generator()).shape == (
        30,
        30,
    )


def test_a_single_pixel_is_moved_or_lost_but_never_fails():
    dot = np.zeros((20, 20), bool)
    dot[7, 9] = True
    settings = Perturb(times=1, grow=0.1, shift=0.5, rotate=10, contour=0.05)
    assert {int(perturb(dot, settings, generator(n)).sum()) for n in range(20)} <= {0, 1, 2}


def test_a_region_that_fills_the_image_stays_inside():
    full = np.ones((25, 30), bool)
    settings = Perturb(times=1, grow=0.05, shift=0.05, rotate=5, contour=0.02)
    assert perturb(full, settings, generator()).mean() > 0.6


def test_wobbles_are_as_long_and_as_high_as_asked():
    radii = []
    for seed in range(12):
        wobbly = perturb(disc(60, (200, 200), (100, 100)), STILL.model_copy(update={"contour": 0.03}), generator(seed))
        rows, columns = np.nonzero(wobbly ^ np.roll(wobbly, 1, axis=1))
        radii.extend(np.hypot(rows - 100, columns - 100.5))
    assert np.std(radii) == pytest.approx(0.03 * 2 * 60, rel=0.25)
    # At half the width of a wobble the contour has hardly moved on: it is smooth.
    noise = _draw_smooth_noise((200, 220), 30.0, generator())
    assert noise.std() == pytest.approx(1)
    assert np.corrcoef(noise[:, :-15].ravel(), noise[:, 15:].ravel())[0, 1] > 0.8
