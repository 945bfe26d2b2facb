"""What nobody should outline, and what no image should hold, has a stated result."""

import numpy as np
import pytest

from sonomics.extract.proof.reference import CLASSES, compute_reference
from sonomics.kinds.radiomics import Filters
from sonomics.texture.mazda.region import FAMILIES
from sonomics.texture.mazda.region import compute_features as mazda_values
from sonomics.texture.mazda.region import name_features as mazda_names
from sonomics.texture.region import compute_features, name_features

SHAPE = (14, 18)
FILTERS = Filters.partial({"original": {}, "wavelet": {}, "log": {"sigma": [1]}, "lbp2d": {}})
NAMES = name_features(list(CLASSES), FILTERS)
GEOMETRY = ["GeoF", "GeoFh", "GeoFv", "GeoD1"]


def grey():
    return np.random.default_rng(2).integers(0, 256, SHAPE).astype(float)


def region(*place):
    mask = np.zeros(SHAPE, bool)
    if place:
        mask[place] = True
    return mask


def defined(pixels, mask):
    """Name the features that have a value, which PyRadiomics must have too."""
    ours = compute_features(pixels, mask, list(CLASSES), FILTERS, 16)
    theirs = compute_reference(pixels, mask, list(CLASSES), FILTERS, {"binCount": 16})
    assert list(np.isfinite(ours)) == list(np.isfinite(list(theirs.values())))
    assert not np.isinf(ours).any()
    return [name for name, value in zip(NAMES, ours, strict=True) if np.isfinite(value)]


def mazda_defined(pixels, mask, normalisation="sigma"):
    values = mazda_values(pixels, mask, list(FAMILIES), normalisation)
    assert not np.isinf(values).any()
    return [name for name, value in zip(mazda_names(list(FAMILIES)), values, strict=True) if np.isfinite(value)]


def shape_alone():
    return [name for name in NAMES if "shape2D" in name]


def test_empty_region_has_nothing():
    assert defined(grey(), region()) == mazda_defined(grey(), region()) == []


def test_one_pixel_has_an_area_alone():
    dot = region(6, 6)
    assert defined(grey(), dot) == []
    assert mazda_defined(grey(), dot) == GEOMETRY


@pytest.mark.parametrize("place", [np.s_[:6, :7], np.s_[8:, 10:], np.s_[:, :]])
def test_a_region_that_touches_the_border_has_everything(place):
    assert defined(grey(), region(*place)) == NAMES


def test_a_constant_region_has_a_shape_alone():
    assert defined(np.full(SHAPE, 90.0), region(np.s_[3:11], np.s_[3:11])) == shape_alone()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", [(5, 5), (0, 0)])
def test_an_image_with_a_hole_has_a_shape_alone(value, place):
    pixels, mask = grey(), region(np.s_[3:11], np.s_[3:11])
    pixels[place] = value
    assert defined(pixels, mask) == shape_alone()


@pytest.mark.parametrize("normalisation", ["none", "sigma", "percentiles"])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_hole_in_the_region_leaves_mazda_the_geometry(normalisation):
    pixels, mask = grey(), region(np.s_[3:11], np.s_[3:11])
    pixels[5, 5] = np.nan
    assert mazda_defined(pixels, mask, normalisation) == list(FAMILIES["geometry"])
