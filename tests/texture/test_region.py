import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radiomics import firstorder, glcm, gldm, glrlm, glszm, ngtdm, shape2D
from scipy.ndimage import binary_erosion, distance_transform_cdt, label

from sonomics.core.errors import StudyError
from sonomics.core.images import read_grey, read_mask
from sonomics.extract.proof.compare import find_differences
from sonomics.extract.proof.reference import CLASSES, compute_reference
from sonomics.kinds.radiomics import Filters
from sonomics.texture.counts import DIRECTIONS, compare_neighbours, count_adjacent, count_cooccurrences, count_runs
from sonomics.texture.engine import CLASSES as ALL
from sonomics.texture.region import compute_features, name_features
from sonomics.texture.zones import count_zone_distances, count_zones
from tests.texture.regions import odd_regions

ORIGINAL = Filters.partial({"original": {}})
EVERY_FILTER = {
    "original": {},
    "wavelet": {},
    "log": {"sigma": [1, 2.5]},
    "square": {},
    "squareroot": {},
    "logarithm": {},
    "exponential": {},
    "gradient": {},
    "lbp2d": {},
}
EVERY = Filters.partial(EVERY_FILTER)


def off(pixels, mask, filters=ORIGINAL, bins=32, spacing=1.0):
    """Name the features on which the engine and PyRadiomics differ by more than 1e-9."""
    names, pixels = name_features(list(CLASSES), filters), pixels.astype(float)
    theirs = compute_reference(pixels, mask, list(CLASSES), filters, {"binCount": bins}, spacing)
    ours = compute_features(pixels, mask, list(CLASSES), filters, bins, spacing=spacing)
    assert list(theirs) == names
    return find_differences(names, ours, np.array(list(theirs.values())))


def test_names_are_those_of_pyradiomics():
    theirs = {
        "firstorder": firstorder.RadiomicsFirstOrder,
        "shape2D": shape2D.RadiomicsShape2D,
        "glcm": glcm.RadiomicsGLCM,
        "glrlm": glrlm.RadiomicsGLRLM,
        "glszm": glszm.RadiomicsGLSZM,
        "gldm": gldm.RadiomicsGLDM,
        "ngtdm": ngtdm.RadiomicsNGTDM,
    }
    known = {name: [one for one, old in kind.getFeatureNames().items() if not old] for name, kind in theirs.items()}
    assert {**known, "gldzm": ALL["gldzm"], "ngldm": ALL["ngldm"]} == ALL
    assert sum(len(features) for features in known.values()) == 102


@pytest.mark.parametrize("levels", [2, 5, 256])
@pytest.mark.parametrize("region", odd_regions())
def test_odd_regions_have_pyradiomics_values(region, levels):
    mask = odd_regions()[region]
    pixels = np.random.default_rng(levels).integers(0, levels, mask.shape)
    assert off(pixels, mask, spacing=0.3) == []


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 30),
    columns=st.integers(1, 30),
    share=st.sampled_from([0.2, 0.6, 0.95, 1.0]),
    levels=st.sampled_from([3, 17, 256]),
    grain=st.sampled_from([1, 3]),
    bins=st.sampled_from([2, 8, 32, 100]),
)
def test_random_regions_have_pyradiomics_values(seed, rows, columns, share, levels, grain, bins):
    generator = np.random.default_rng(seed)
    pixels = np.kron(generator.integers(0, levels, (rows, columns)), np.ones((grain, grain)))
    mask = generator.random(pixels.shape) <= share
    assert off(pixels, mask, bins=bins) == []


def test_every_filtered_image_has_pyradiomics_values():
    generator = np.random.default_rng(8)
    assert off(generator.integers(0, 256, (31, 40)), generator.random((31, 40)) < 0.9, EVERY) == []


@pytest.mark.parametrize("wavelet", ["haar", "db2", "bior2.2", "sym4", "dmey"])
def test_coefficients_on_the_edges_of_bins_fall_as_in_pyradiomics(wavelet):
    generator = np.random.default_rng(8)
    for rows, columns in ((31, 40), (24, 17), (7, 9)):
        pixels, mask = generator.integers(0, 256, (rows, columns)), generator.random((rows, columns)) < 0.9
        assert off(pixels, mask, Filters.partial({"wavelet": {"wavelet": wavelet}})) == []


@pytest.mark.parametrize(("radius", "samples"), [(2, 8), (1.5, 12)])
def test_patterns_of_other_circles_have_pyradiomics_values(radius, samples):
    generator = np.random.default_rng(9)
    pixels, mask = generator.integers(0, 256, (23, 26)), generator.random((23, 26)) < 0.9
    assert off(pixels, mask, Filters.partial({"lbp2d": {"radius": radius, "samples": samples}})) == []


def breast(count):
    root = Path(os.environ["SONOMICS_REALDATA"]) / "bus-bra"
    for name in pd.read_csv(root / "bus_data.csv")["ID"].sample(count, random_state=0):
        yield (
            read_grey(root / "Images" / f"{name}.png"),
            read_mask(root / "Masks" / f"{name.replace('bus', 'mask')}.png"),
        )


@pytest.mark.realdata
def test_real_regions_have_pyradiomics_values():
    for pixels, mask in breast(12):
        assert off(pixels, mask, Filters.partial({"original": {}, "wavelet": {}, "log": {"sigma": [2]}})) == []


@pytest.mark.realdata
def test_odd_real_regions_have_pyradiomics_values_under_every_filter():
    for number, (pixels, mask) in enumerate(breast(6)):
        rim, parts, holes = mask & ~binary_erosion(mask), mask.copy(), mask.copy()
        row, column = (int(axis.mean()) for axis in np.nonzero(mask))
        parts[:, column - 3 : column + 4] = parts[row - 2 : row + 3] = False
        holes[::7, ::5] = False
        box = tuple(slice(axis.min(), axis.max() + 20) for axis in np.nonzero(mask))
        odd = (rim, parts, holes)[number % 3]
        haar = {"wavelet": {"wavelet": "haar"}} if number % 2 else {}
        assert off(pixels[box], odd[box], Filters.partial(EVERY_FILTER | haar)) == []


def test_constant_image_is_undefined_under_every_filter():
    inner = np.pad(np.ones((16, 16), bool), 2)  # local binary patterns see black beyond the border
    values = compute_features(np.full((20, 20), 77.0), inner, list(CLASSES), EVERY, 32)
    names = name_features(list(CLASSES), EVERY)
    defined = [name for name, value in zip(names, values, strict=True) if np.isfinite(value)]
    assert defined == [name for name in names if "shape2D" in name]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 25),
    columns=st.integers(1, 25),
    share=st.sampled_from([0.3, 0.8, 1.0]),
    levels=st.sampled_from([1, 2, 4, 40]),
)
def test_zones_are_as_far_from_the_border_as_scipy_measures(seed, rows, columns, share, levels):
    random = np.random.default_rng(seed)
    mask = random.random((rows, columns)) < share
    drawn = random.integers(1, levels + 1, mask.shape)
    window = np.pad(np.where(mask, drawn, 0), 1).astype(np.int32)
    distances = distance_transform_cdt(window > 0, metric="taxicab")
    wanted = np.zeros((levels + 1, max(distances.max(), 0) + 1), int)
    for level in range(1, levels + 1):
        zones, number = label(window == level, np.ones((3, 3)))
        for zone in range(1, number + 1):
            wanted[level, distances[zones == zone].min()] += 1
    np.testing.assert_array_equal(count_zone_distances(window, levels), wanted)


def test_classes_that_pyradiomics_lacks_are_defined_where_the_others_are():
    random = np.random.default_rng(3)
    pixels, mask = random.integers(0, 200, (12, 15)).astype(float), np.zeros((12, 15), bool)
    mask[2:9, 3:12] = True
    for kept in ("gldzm", "ngldm"):
        values = compute_features(pixels, mask, [kept], ORIGINAL, 8)
        assert np.isfinite(values).all()
        alone = compute_features(pixels, mask, list(ALL), ORIGINAL, 8)
        place = [kept in name for name in name_features(list(ALL), ORIGINAL)]
        np.testing.assert_array_equal(alone[place], values)
    assert np.isnan(compute_features(np.full((12, 15), 9.0), mask, ["gldzm", "ngldm"], ORIGINAL, 8)).all()


def test_neighbouring_dependence_repeats_the_dependence_matrix():
    random = np.random.default_rng(4)
    pixels, mask = random.integers(0, 200, (12, 15)).astype(float), np.ones((12, 15), bool)
    both = dict(
        zip(
            name_features(["gldm", "ngldm"], ORIGINAL),
            compute_features(pixels, mask, ["gldm", "ngldm"], ORIGINAL, 8),
            strict=True,
        )
    )
    assert both["original_ngldm_DependenceCountVariance"] == both["original_gldm_DependenceVariance"]
    assert 0 < both["original_ngldm_DependenceCountEnergy"] < 1


def test_whole_numbers_are_refused():
    with pytest.raises(TypeError, match="uint8"):
        compute_features(np.zeros((5, 5), np.uint8), np.ones((5, 5), bool), ["glcm"], ORIGINAL, 8)


@pytest.mark.parametrize(
    ("classes", "says"), [([], "at least one feature class"), (["shape"], "volumes"), (["x"], "x")]
)
def test_classes_that_mean_nothing_stop_the_study(classes, says):
    with pytest.raises(StudyError, match=says):
        name_features(classes, ORIGINAL)


# The 4 x 4 image of Haralick, Shanmugam & Dinstein (1973), figure 3, its levels from 1.
HARALICK = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [2, 2, 3, 3]], np.int32) + 1


def test_cooccurrences_by_hand():
    counts = count_cooccurrences(np.pad(HARALICK, 1), 4, np.array(DIRECTIONS), 1)[:, 1:, 1:]
    horizontal = counts[0] + counts[0].T
    np.testing.assert_array_equal(horizontal, [[4, 2, 1, 0], [2, 4, 0, 0], [1, 0, 6, 1], [0, 0, 1, 2]])
    vertical = counts[2] + counts[2].T
    np.testing.assert_array_equal(vertical, [[6, 0, 2, 0], [0, 4, 2, 0], [2, 2, 2, 2], [0, 0, 2, 0]])


def test_runs_and_zones_by_hand():
    counts = count_runs(np.pad(HARALICK, 1), 4)
    assert counts[0, 1].tolist() == [0, 1, 2, 0]  # along rows: 00, 00, 0
    assert counts[0, 3].tolist() == [0, 0, 1, 1]  # 222, 22
    assert counts[2, 1].tolist() == [0, 0, 1, 1]  # along columns: 000, 00
    found, sizes = count_zones(np.pad(HARALICK, 1), 4)
    assert sizes.tolist() == [2, 4, 5]
    assert found[1:].tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_neighbourhoods_by_hand():
    dependences, differences = compare_neighbours(np.pad(np.array([[1, 2], [2, 4]], np.int32), 1), 4)
    assert dependences[1, 1] == dependences[4, 1] == 1
    assert dependences[2, 2] == 2
    assert dependences.sum() == 4
    np.testing.assert_allclose(differences[1:], [8 / 3 - 1, 2 * (7 / 3 - 2), 0, 4 - 5 / 3])


@settings(deadline=None)
@given(seed=st.integers(0, 1000))
def test_adjacent_pairs_are_those_that_cooccurrences_counts(seed):
    levels = np.pad(np.random.default_rng(seed).integers(0, 4, (7, 9)).astype(np.int32), 1)
    np.testing.assert_array_equal(count_adjacent(levels, 3), count_cooccurrences(levels, 3, np.array(DIRECTIONS), 1))
