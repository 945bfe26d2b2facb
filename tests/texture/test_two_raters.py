"""Shape features of real outlines: two sonographers drew the same kidneys."""

import os
from pathlib import Path

import numpy as np
import pytest

from sonomics.core.images import read_mask
from sonomics.core.settings.crop import Perturb
from sonomics.crop.outlines.perturb import perturb
from sonomics.statistics.agreement.icc import icc21
from sonomics.texture.engine import compute_shape
from sonomics.texture.shape2d import NAMES

EVERY = 9
DRAWN_ALIKE = Perturb(times=1, grow=0.03, shift=0.02, rotate=3.0, contour=0.015)


def shapes(masks: list[np.ndarray]) -> np.ndarray:
    return np.stack([compute_shape(mask) for mask in masks])


@pytest.mark.realdata
def test_size_agrees_between_raters_and_perturbed_outlines_rank_features_alike() -> None:
    folder = Path(os.environ["SONOMICS_REALDATA"], "kidney-two-raters")
    names = sorted(path.name for path in (folder / "rater1_capsule").iterdir())[::EVERY]
    first, second = ([read_mask(folder / f"rater{n}_capsule" / name) for name in names] for n in (1, 2))
    both = [number for number in range(len(names)) if first[number].any() and second[number].any()]
    assert len(both) >= 50
    own = shapes([first[number] for number in both])
    between = icc21(np.stack([own, shapes([second[number] for number in both])], axis=1))
    generator = np.random.default_rng(0)
    copies = shapes([perturb(first[number], DRAWN_ALIKE, generator) for number in both])
    within = icc21(np.stack([own, copies], axis=1))
    by_name = dict(zip(NAMES, zip(between, within, strict=True), strict=True))
    for name in ("MeshSurface", "MajorAxisLength"):
        assert min(by_name[name]) > 0.9
    assert np.corrcoef(between, within)[0, 1] > 0
