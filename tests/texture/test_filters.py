import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.texture.filters import filter_names, filtered


def named(pixels, filters, spacing=1.0):
    return dict(filtered(pixels, filters, spacing))


@given(rows=st.integers(4, 25), columns=st.integers(4, 25))
def test_every_named_image_is_made_in_the_size_of_the_crop(rows, columns):
    filters = {"original": {}, "wavelet": {}, "log": {"sigma": [1, 3]}}
    images = named(np.random.default_rng(0).random((rows, columns)), filters)
    assert list(images) == filter_names(filters)
    assert {image.shape for image in images.values()} == {(rows, columns)}


def test_haar_bands_by_hand():
    pixels = np.array([[1.0, 2.0], [5.0, 10.0]])
    bands = named(pixels, {"wavelet": {"wavelet": "haar"}})
    assert bands["wavelet_LL"][0, 0] == pytest.approx((1 + 2 + 5 + 10) / 2)
    assert bands["wavelet_LH"][0, 0] == pytest.approx((1 + 2 - 5 - 10) / 2)
    assert bands["wavelet_HL"][0, 0] == pytest.approx((1 - 2 + 5 - 10) / 2)
    assert bands["wavelet_HH"][0, 0] == pytest.approx((1 - 2 - 5 + 10) / 2)


def test_bands_are_those_of_pyradiomics():
    import SimpleITK
    from radiomics.imageoperations import getWaveletImage

    pixels = np.random.default_rng(3).random((17, 24))
    image = SimpleITK.GetImageFromArray(pixels[np.newaxis])
    ours = named(pixels, {"wavelet": {}})
    for theirs, name, _ in getWaveletImage(image, None, force2D=True, force2Ddimension=0):
        np.testing.assert_allclose(ours[name.replace("-", "_")], SimpleITK.GetArrayFromImage(theirs)[0])


def test_laplacian_of_a_gaussian_answers_most_to_a_blob_of_its_width():
    rows, columns = np.mgrid[-30:31, -30:31]
    blob = np.exp(-(rows**2 + columns**2) / (2 * 5.0**2))
    centre = {sigma: named(blob, {"log": {"sigma": [sigma]}})[f"log_{sigma}"][30, 30] for sigma in (2, 5, 11)}
    assert min(centre, key=centre.get) == 5
    # Of a Gaussian blob of width s the scale-normalised answer is -2 s^2 t^2 / (s^2 + t^2)^2.
    assert centre[5] == pytest.approx(-0.5, abs=0.01)


def test_sigma_is_in_the_unit_of_the_spacing():
    pixels = np.random.default_rng(5).random((20, 20))
    in_mm = named(pixels, {"log": {"sigma": [1.0]}}, spacing=0.5)["log_1"]
    in_pixels = named(pixels, {"log": {"sigma": [2.0]}})["log_2"]
    np.testing.assert_array_equal(in_mm, in_pixels)
