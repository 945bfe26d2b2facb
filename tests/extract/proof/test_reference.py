from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.extract.proof.reference import CLASSES, compute_reference
from sonomics.kinds.radiomics import Filters
from sonomics.texture.region import name_features

IBSI = Path(__file__).parents[2] / "data" / "ibsi"
REFERENCE = pd.read_csv(IBSI / "reference_2d.csv", index_col="feature")["value"]
TEXTURES = ["glcm", "glrlm", "glszm", "gldm", "ngtdm"]
FILES = ("phantom.nii.gz", "mask.nii.gz")
ORIGINAL = Filters.partial({"original": {}})
LEVELS = {"binWidth": 1}


def phantom():
    pixels, mask = (SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(IBSI / name)) for name in FILES)
    return pixels, mask > 0


@pytest.fixture(scope="module")
def of_slices():
    return pd.DataFrame(
        [compute_reference(*plane, TEXTURES, ORIGINAL, LEVELS) for plane in zip(*phantom(), strict=True)]
    )


def three_digits(value):
    return float(f"{value:.3g}")


@pytest.mark.parametrize("feature", [name for name in REFERENCE.index if "firstorder" not in name])
def test_textures_of_the_phantom_are_those_of_ibsi_slice_by_slice(of_slices, feature):
    assert three_digits(of_slices[feature].mean()) == REFERENCE[feature]


def test_first_order_of_the_phantom_is_that_of_ibsi():
    pixels, mask = (array.reshape(4, -1) for array in phantom())
    values = compute_reference(pixels, mask, ["firstorder"], ORIGINAL, LEVELS)
    expected = REFERENCE[REFERENCE.index.str.contains("firstorder")]
    assert {name: three_digits(values[name]) for name in expected.index} == expected.to_dict()


def test_all_classes_give_102_features():
    assert len(name_features(list(CLASSES), ORIGINAL)) == 102


def test_shape_is_of_the_outline_alone_and_once():
    names = name_features(["shape2D", "ngtdm"], Filters.partial({"original": {}, "log": {"sigma": [1, 2.5]}}))
    assert len(names) == 9 + 3 * 5
    assert all(name.startswith("original_") for name in names if "shape2D" in name)
    assert "log_2.5_ngtdm_Coarseness" in names


def test_shape_of_a_rectangle_by_hand():
    mask = np.zeros((9, 12), bool)
    mask[2:6, 3:9] = True
    values = compute_reference(np.zeros(mask.shape), mask, ["shape2D"], ORIGINAL, LEVELS, spacing=0.5)
    assert values["original_shape2D_PixelSurface"] == pytest.approx(4 * 6 * 0.25)
    # Eigenvalues of a discrete uniform distribution: (n^2 - 1) / 12.
    assert values["original_shape2D_Elongation"] == pytest.approx(np.sqrt((4**2 - 1) / (6**2 - 1)))


def test_columns_are_the_same_whatever_the_region():
    filters = Filters.partial({"original": {}, "wavelet": {}, "log": {"sigma": [1]}})
    pixels = np.random.default_rng(1).integers(0, 256, (21, 30)).astype(np.uint8)
    whole, dot, nothing = np.ones(pixels.shape, bool), np.zeros(pixels.shape, bool), np.zeros(pixels.shape, bool)
    dot[5, 5] = True
    found = [
        compute_reference(pixels, mask, list(CLASSES), filters, {"binCount": 32}) for mask in (whole, dot, nothing)
    ]
    names = name_features(list(CLASSES), filters)
    assert [list(values) for values in found] == [names] * 3
    assert np.isfinite(list(found[0].values())).all()
    assert np.isnan(list(found[1].values())).all()
    assert np.isnan(list(found[2].values())).all()


def test_constant_region_has_a_shape_and_no_texture():
    values = compute_reference(
        np.full((8, 9), 7), np.ones((8, 9), bool), ["shape2D", "glcm"], ORIGINAL, {"binCount": 32}
    )
    assert {name for name, value in values.items() if np.isnan(value)} == set(name_features(["glcm"], ORIGINAL))


def test_line_has_no_shape():
    mask = np.zeros((8, 9), bool)
    mask[3] = True
    pixels = np.arange(72).reshape(8, 9)
    values = compute_reference(pixels, mask, ["shape2D", "firstorder"], ORIGINAL, {"binCount": 32})
    assert {name for name, value in values.items() if np.isnan(value)} == set(name_features(["shape2D"], ORIGINAL))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), gain=st.sampled_from([0.5, 2.0, 4.0]), lift=st.integers(0, 200))
def test_textures_with_a_fixed_number_of_bins_ignore_gain_and_offset(seed, gain, lift):
    pixels = np.random.default_rng(seed).integers(0, 64, (12, 10)).astype(float)
    mask = np.ones(pixels.shape, bool)
    one, other = (
        compute_reference(levels, mask, ["glcm", "glszm"], ORIGINAL, {"binCount": 8})
        for levels in (pixels, gain * pixels + lift)
    )
    assert other == pytest.approx(one)


def test_turning_the_image_does_not_change_direction_averaged_textures():
    pixels = np.random.default_rng(4).integers(0, 256, (15, 22))
    mask = pixels > 20
    one, other = (
        compute_reference(*images, TEXTURES, ORIGINAL, {"binCount": 16})
        for images in ((pixels, mask), (np.rot90(pixels), np.rot90(mask)))
    )
    assert other == pytest.approx(one)


@pytest.mark.parametrize("classes", [[], ["shape"], ["glcm", "cooccurrence"]])
def test_no_class_or_an_unknown_one_stops_the_study(classes):
    with pytest.raises(StudyError, match="extract"):
        name_features(classes, ORIGINAL)


@pytest.mark.parametrize("filters", [{}, {"gabor": {}}])
def test_no_filter_or_an_unknown_one_stops_the_study(params, filters):
    params["extract"]["families"]["texture"]["filters"] = filters
    with pytest.raises(StudyError, match="extract"):
        check_params(params)
