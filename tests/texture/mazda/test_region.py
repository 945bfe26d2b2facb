import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.extract.proof.reference import compute_reference
from sonomics.kinds.radiomics import Filters
from sonomics.texture.mazda.distribution import GRADIENT, HISTOGRAM, gradient_features, histogram_features
from sonomics.texture.mazda.matrices import COOCCURRENCE, PAIRS, RUN_LENGTH, cooccurrence_features, run_length_features
from sonomics.texture.mazda.model import ENERGY, fit_autoregression, wavelet_energy
from sonomics.texture.mazda.normalise import grey_range, quantise
from sonomics.texture.mazda.region import FAMILIES, compute_features, name_features
from tests.texture.regions import odd_regions

ALL = list(FAMILIES)
NAMES = name_features(ALL)
WHOLE = np.ones((40, 44), bool)


def image(seed=0, shape=WHOLE.shape):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(float)


def of(pixels, mask=WHOLE, normalisation="sigma"):
    return dict(zip(NAMES, compute_features(pixels, mask, ALL, normalisation), strict=True))


def test_about_300_features_a_region_under_mazdas_names():
    assert len(NAMES) == len(set(NAMES)) == 299
    assert {
        "S(1,0)Correlat",
        "S(5,-5)DifEntrp",
        "135dr_GLevNonU",
        "Teta4",
        "Sigma",
        "WavEnHL_s-6",
        "GrSkewness",
    } <= set(NAMES)
    assert {"Perc.01%", "Perc.99%", "Kurtosis"} <= set(NAMES)


def test_histogram_by_hand():
    values = dict(zip(HISTOGRAM, histogram_features(np.array([1, 1, 1, 5], np.int32)), strict=True))
    assert (values["Mean"], values["Variance"]) == (1.0, 3.0)
    assert values["Skewness"] == pytest.approx((3 * (-1) ** 3 + 27) / 4 / 3**1.5)
    assert values["Kurtosis"] == pytest.approx((3 + 81) / 4 / 9 - 3)
    assert [values[f"Perc.{percent}%"] for percent in ("01", "50", "90")] == [0, 0, 4]


def test_gradient_by_hand():
    ramp = np.pad(np.add.outer(3 * np.arange(6), np.arange(7)).astype(np.int32) + 1, 5)
    values = dict(zip(GRADIENT, gradient_features(ramp, 5), strict=True))
    assert values["GrMean"] == pytest.approx(np.hypot(4 * 3, 4))
    assert values["GrVariance"] == pytest.approx(0)
    assert values["GrNonZeros"] == 1


def test_cooccurrence_by_hand():
    laid = np.pad(np.array([[1, 1, 2], [1, 2, 2]], np.int32), 5)
    values = dict(zip(COOCCURRENCE, cooccurrence_features(laid, 2, 5), strict=True))
    # Horizontally 1-1, 1-2, 1-2, 2-2: a quarter of the pairs in each cell.
    assert values["S(1,0)AngScMom"] == pytest.approx(0.25)
    assert values["S(1,0)Contrast"] == pytest.approx(0.5)
    assert values["S(1,0)Correlat"] == pytest.approx(0, abs=1e-12)
    assert values["S(1,0)InvDfMom"] == pytest.approx(0.75)
    assert values["S(1,0)SumAverg"] == pytest.approx(3)
    assert values["S(1,0)SumVarnc"] == pytest.approx(0.5)
    assert values["S(1,0)Entropy"] == pytest.approx(np.log10(4))
    assert values["S(1,0)SumEntrp"] == pytest.approx(-2 * 0.25 * np.log10(0.25) - 0.5 * np.log10(0.5))
    assert values["S(1,0)DifEntrp"] == pytest.approx(np.log10(2))
    assert values["S(1,0)SumOfSqs"] == values["S(1,0)DifVarnc"] == pytest.approx(0.25)
    # Vertically 1-1, 1-2, 2-2; two rows have no pair three rows apart.
    assert values["S(0,1)Contrast"] == pytest.approx(1 / 3)
    assert np.isnan(values["S(0,3)Contrast"])


def test_run_lengths_by_hand():
    laid = np.pad(np.array([[1, 1, 2], [1, 2, 2]], np.int32), 5)
    values = dict(zip(RUN_LENGTH, run_length_features(laid, 2, 5), strict=True))
    # Horizontally 11, 2, 1, 22.
    assert values["Horzl_ShrtREmp"] == pytest.approx((1 / 4 + 1 + 1 + 1 / 4) / 4)
    assert values["Horzl_LngREmph"] == pytest.approx((4 + 1 + 1 + 4) / 4)
    assert values["Horzl_GLevNonU"] == values["Horzl_RLNonUni"] == pytest.approx((2**2 + 2**2) / 4)
    assert values["Horzl_Fraction"] == pytest.approx(4 / 6)
    # Vertically 11, 1, 2, 22; rising to the right 1, 11, 22, 2; falling to the right every run is one pixel.
    assert values["Vertl_Fraction"] == pytest.approx(4 / 6)
    assert values["45dgr_Fraction"] == pytest.approx(4 / 6)
    assert values["135dr_Fraction"] == 1


def test_matrices_are_those_of_pyradiomics_where_both_define_the_quantity():
    pixels = image(3)
    mask = np.random.default_rng(4).random(pixels.shape) < 0.9
    levels = quantise(pixels[mask], (0.0, 255.0), 6)
    laid = np.zeros(pixels.shape, np.int32)
    laid[mask] = levels
    theirs = compute_reference(laid, mask, ["glcm", "glrlm"], Filters.partial({"original": {}}), {"binWidth": 1})
    pairs = cooccurrence_features(np.pad(laid, 5), 64, 5).reshape(-1, len(PAIRS))[:4].mean(axis=0)
    for (name, other), value in zip(PAIRS.items(), pairs, strict=True):
        bits = np.log2(10) if "Entr" in name else 1.0
        assert value * bits == pytest.approx(theirs[f"original_glcm_{other}"], rel=1e-9, abs=1e-12)
    lines = run_length_features(np.pad(laid, 5), 64, 5).reshape(4, -1).mean(axis=0)
    short = dict(zip(("RunLengthNonUniformity", "GrayLevelNonUniformity", "LongRunEmphasis"), lines, strict=False))
    assert short == pytest.approx({name: theirs[f"original_glrlm_{name}"] for name in short}, rel=1e-9)


def test_a_quarter_turn_swaps_directions():
    pixels, mask = image(1), image(2) > 40
    one, other = of(pixels, mask), of(np.rot90(pixels), np.rot90(mask))
    turned = {"Horzl": "Vertl", "Vertl": "Horzl", "45dgr": "135dr", "135dr": "45dgr"}
    for distance in range(1, 6):
        turned |= {f"S({distance},0)": f"S(0,{distance})", f"S(0,{distance})": f"S({distance},0)"}
        turned |= {f"S({distance},{distance})": f"S({distance},-{distance})"}
        turned |= {f"S({distance},-{distance})": f"S({distance},{distance})"}
    checked = 0
    for before, after in turned.items():
        for name in NAMES:
            if name.startswith(before):
                assert other[name.replace(before, after)] == pytest.approx(one[name], rel=1e-9), name
                checked += 1
    assert checked == 240
    for name in [*HISTOGRAM, *GRADIENT]:
        assert other[name] == pytest.approx(one[name], rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 1000),
    gain=st.sampled_from([0.25, 0.5]),
    normalisation=st.sampled_from(["sigma", "percentiles"]),
)
def test_normalised_features_ignore_the_gain(seed, gain, normalisation):
    pixels = image(seed, (16, 18))
    mask = np.ones(pixels.shape, bool)
    assert of(gain * pixels, mask, normalisation) == pytest.approx(
        of(pixels, mask, normalisation), rel=1e-9, nan_ok=True
    )


def test_without_normalisation_levels_are_grey_levels():
    pixels = image(6)
    values = of(pixels, normalisation="none")
    assert values["Mean"] == pytest.approx(pixels.mean())
    assert values["Variance"] == pytest.approx(pixels.var())


def test_normalisations_by_hand():
    values = np.r_[np.zeros(50), np.full(50, 100.0)]
    assert grey_range(values, "none") == (0, 255)
    assert grey_range(values, "sigma") == (50 - 150, 50 + 150)
    assert grey_range(np.arange(101.0), "percentiles") == (1, 99)
    # Of 200 grey levels in 4 bins of 50: -100 to -50, -50 to 0, 0 to 50, 50 to 100 and what lies above.
    assert quantise(np.array([-100.0, -1.0, 0.0, 99.0, 100.0, 300.0]), (-100.0, 100.0), 2).tolist() == [
        1,
        2,
        3,
        4,
        4,
        4,
    ]


def test_percentiles_cut_both_ends_off():
    values = np.r_[np.zeros(1), np.full(49, 100.0), np.full(49, 150.0), [255.0]]
    levels = quantise(values, (100.0, 150.0), 6)
    assert levels.tolist() == [1] * 50 + [64] * 50


def test_constant_image_has_a_geometry_and_no_texture():
    flat = np.full(WHOLE.shape, 80.0)
    for normalisation in ("sigma", "percentiles"):
        values = of(flat, normalisation=normalisation)
        assert {name for name, value in values.items() if np.isfinite(value)} == set(FAMILIES["geometry"])
    values = of(flat, normalisation="none")
    assert (values["Mean"], values["Variance"], values["GrMean"], values["WavEnHH_s-1"]) == (80, 0, 0, 0)
    assert all(np.isnan(values[name]) for name in ("Skewness", "Teta1", "S(1,0)Correlat"))


@pytest.mark.parametrize("region", odd_regions())
def test_odd_regions_have_all_columns_and_no_infinity(region):
    mask = odd_regions()[region]
    for normalisation in ("none", "sigma", "percentiles"):
        values = compute_features(image(1, mask.shape), mask, ALL, normalisation)
        assert values.shape == (299,)
        assert not np.isinf(values).any()
    assert np.isnan(compute_features(image(1, mask.shape), np.zeros_like(mask), ALL, "none")).all()


def test_autoregression_finds_the_weights_of_its_own_process():
    generator = np.random.default_rng(5)
    field = np.zeros((130, 130))
    for row in range(1, 130):
        for column in range(1, 129):
            before = (
                field[row, column - 1],
                field[row - 1, column - 1],
                field[row - 1, column],
                field[row - 1, column + 1],
            )
            field[row, column] = np.dot([0.5, -0.3, 0.4, 0.2], before) + generator.standard_normal()
    inner = field[10:120, 10:120]
    values = fit_autoregression(inner, np.ones(inner.shape, bool))
    np.testing.assert_allclose(values[:4], [0.5, -0.3, 0.4, 0.2], atol=0.03)
    assert values[4] == pytest.approx(1 / inner.std(), rel=0.03)


def test_wavelet_energy_by_hand_and_beyond_the_region():
    levels = np.array([[1.0, 3.0], [5.0, 11.0]])
    values = dict(zip(ENERGY, wavelet_energy(levels, np.ones((2, 2), bool)), strict=True))
    assert [values[f"WavEn{band}_s-1"] for band in ("LL", "LH", "HL", "HH")] == [25, 9, 4, 1]
    assert np.isnan(values["WavEnLL_s-2"])
    corner = np.ones((4, 4), bool)
    corner[0, 0] = False
    cut = wavelet_energy(np.kron(levels, np.ones((2, 2))), corner)
    assert cut[0] == pytest.approx((9 + 25 + 121) / 3)
    assert np.isnan(cut[4])


def test_wavelet_energies_are_those_of_pywavelets():
    import pywt

    levels = image(9, (64, 64))
    values = dict(zip(ENERGY, wavelet_energy(levels, np.ones(levels.shape, bool)), strict=True))
    smooth = levels
    for scale in range(1, 7):
        smooth, (along_rows_low, along_rows_high, both) = pywt.dwt2(smooth / 2, "haar")
        for band, found in zip(("LL", "LH", "HL", "HH"), (smooth, along_rows_low, along_rows_high, both), strict=True):
            assert values[f"WavEn{band}_s-{scale}"] == pytest.approx((found**2).mean())


def test_geometry_of_a_rectangle_by_hand():
    mask = np.zeros(WHOLE.shape, bool)
    mask[5:15, 4:34] = True
    values = of(image(), mask)
    assert (values["GeoF"], values["GeoFh"], values["GeoFv"]) == (300, 30, 10)
    assert values["GeoU"] == pytest.approx(2 * (29 + 9) + 4 * np.sqrt(0.5))
    assert values["GeoD1"] == pytest.approx(2 * np.sqrt(300 / np.pi))


@pytest.mark.parametrize("families", [[], ["texture"]])
def test_no_family_or_an_unknown_one_stops_the_study(families):
    with pytest.raises(StudyError, match="MaZda"):
        name_features(families)


def test_unknown_normalisation_stops_the_study():
    with pytest.raises(StudyError, match="normalisation"):
        compute_features(image(), WHOLE, ALL, "zscore")
