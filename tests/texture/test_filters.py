import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.kinds.radiomics import Filters
from sonomics.texture.filters import filter_image, name_images


def named(pixels, filters, spacing=1.0):
    return dict(filter_image(pixels, Filters.partial(filters), spacing))


@settings(deadline=None)
@given(rows=st.integers(4, 25), columns=st.integers(4, 25))
def test_every_named_image_is_made_in_the_size_of_the_crop(rows, columns):
    simple = ("square", "squareroot", "logarithm", "exponential", "gradient", "lbp2d")
    filters = {"original": {}, "wavelet": {}, "log": {"sigma": [1, 3]}, **{name: {} for name in simple}}
    images = named(np.random.default_rng(0).random((rows, columns)), filters)
    assert list(images) == name_images(Filters.partial(filters))
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


@pytest.mark.parametrize("wavelet", ["haar", "db3", "sym4", "bior2.2"])
@pytest.mark.parametrize("shape", [(24, 31), (25, 30)])
def test_bands_are_those_of_pywavelets(wavelet, shape):
    import pywt

    pixels = np.random.default_rng(3).random(shape)
    ours = named(pixels, {"wavelet": {"wavelet": wavelet}})
    even = np.pad(pixels, [(0, length % 2) for length in shape], mode="wrap")
    theirs = pywt.swtn(even, wavelet, level=1, start_level=0, axes=(1, 0))[0]
    for key, name in {"aa": "LL", "ad": "LH", "da": "HL", "dd": "HH"}.items():
        np.testing.assert_allclose(ours[f"wavelet_{name}"], theirs[key][: shape[0], : shape[1]], atol=1e-12)


@pytest.mark.parametrize("sigma", [0.7, 1, 2.5])
def test_laplacian_of_a_gaussian_is_that_of_scipy(sigma):
    from scipy.ndimage import gaussian_laplace

    pixels = 255 * np.random.default_rng(6).random((19, 26))
    ours = named(pixels, {"log": {"sigma": [sigma]}})[f"log_{sigma:g}"]
    np.testing.assert_allclose(ours, sigma**2 * gaussian_laplace(pixels, sigma, mode="nearest"), atol=1e-10)


@pytest.mark.parametrize(
    ("name", "theirs", "within"),
    [
        ("square", "Square", 0),  # a last digit can decide on which side of a bin's edge a pixel falls
        ("squareroot", "SquareRoot", 0),
        ("logarithm", "Logarithm", 1e-10),
        ("exponential", "Exponential", 1e-10),
        ("gradient", "Gradient", 1e-4),  # PyRadiomics' is of single precision
        ("lbp2d", "LBP2D", 1e-10),
    ],
)
@pytest.mark.filterwarnings("ignore:Applying `local_binary_pattern`:UserWarning")
def test_images_are_those_of_pyradiomics(name, theirs, within):
    import SimpleITK
    from radiomics import imageoperations

    pixels = np.random.default_rng(7).integers(0, 256, (23, 18)).astype(float)
    image = SimpleITK.GetImageFromArray(pixels[np.newaxis])
    image.SetSpacing((0.5, 0.5, 0.5))
    made = next(getattr(imageoperations, f"get{theirs}Image")(image, image, force2D=True, force2Ddimension=0))[0]
    ours = named(pixels, {name: {}}, spacing=0.5)[name]
    np.testing.assert_allclose(ours, SimpleITK.GetArrayFromImage(made)[0], rtol=0, atol=within)


def test_black_image_stays_finite():
    filters = {name: {} for name in ("square", "squareroot", "logarithm", "exponential")}
    assert all(np.isfinite(image).all() for image in named(np.zeros((5, 5)), filters).values())


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({}, "no filter"),
        ({"gabor": {}}, "gabor"),
        ({"wavelet": {"wavelet": "coif99"}}, "coif99"),
        ({"log": {}}, "sigma"),
        ({"log": {"sigma": [1, 0]}}, "sigma"),
    ],
)
def test_filters_that_mean_nothing_stop_the_study(params, filters, says):
    params["extract"]["families"]["texture"]["filters"] = filters
    with pytest.raises(StudyError, match=says):
        check_params(params)
