"""Values that rounding leaves open are noted, and a real difference still stops the study."""

import numpy as np
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.images import write_png
from sonomics.core.tables import read_table
from sonomics.extract import summarise, texture
from sonomics.extract.proof.compare import Difference, find_differences
from sonomics.extract.proof.conditioning import bound_by_terms, bound_maximal_correlation
from sonomics.texture.correlation import TINY, maximal_correlation
from tests.extract.crops_of_chunk import crop_row, extract

FAMILY = {
    "kind": "texture", "bins": 32, "classes": ["firstorder", "glcm"], "filters": {"original": {}}, "resample_mm": None,
    "proof": 1,
}  # fmt: skip
MCC = "original_glcm_MCC"


def parted_row(folder, size=120):
    """Write a region in two parts of other levels, each with two pixels of a level of its own.

    Its second eigenvalue is 1 as its first, and the guard of 2^-52 moves it by more than 1e-9.
    """
    half = np.random.default_rng(1).integers(8, 16, (size, size))
    half[size // 2, size // 2 : size // 2 + 2] = 0
    pixels, mask = np.zeros((size + 2, 2 * size + 3), int), np.zeros((size + 2, 2 * size + 3), bool)
    for start, levels in ((1, half), (size + 2, 31 - half)):
        pixels[1:-1, start : start + size] = 8 * levels
        mask[1:-1, start : start + size] = True
    row = crop_row(1, folder)
    write_png(folder / "P1-e1-i1-f0.png", pixels.astype(np.uint8))
    write_png(folder / "P1-e1-i1-f0.mask.png", mask)
    return {**row, "rows": mask.shape[0], "columns": mask.shape[1], "outline_pixels": int(mask.sum())}


def alter(monkeypatch, by, number=-1):
    """Change a feature of our own engine, by default the maximal correlation coefficient."""
    exact = texture.compute_features

    def altered(*arguments, **named):
        values = exact(*arguments, **named)
        values[names.index(MCC) if number < 0 else number] += by
        return values

    names = texture.name_features(["firstorder", "glcm"], texture.Texture.partial(FAMILY).filters)
    monkeypatch.setattr(texture, "compute_features", altered)


def test_a_value_that_rounding_leaves_open_is_told_and_the_run_goes_on(tmp_path, monkeypatch):
    alter(monkeypatch, -2e-9)
    features, out = extract(texture, FAMILY, [parted_row(tmp_path)], tmp_path)
    (doubtful,) = read_table(out, schemas.FEATURES).attrs["doubtful"]
    assert (doubtful["image"], doubtful["feature"]) == ("P1-e1-i1-f0", MCC)
    assert doubtful["value"] == features["texture__original_glcm_MCC"].item()
    assert 2e-9 < doubtful["bound"] < 1e-7
    metrics = tmp_path / "metrics.json"
    settings = '{"extract": {"families": {"texture": {"kind": "texture"}}}}'
    table, phantom = ("main", "texture", "0", str(out)), str(tmp_path / "phantom.csv")
    summarise.main(["--settings", settings, "--features", *table, "--phantom", phantom, "--metrics", str(metrics)])
    (told,) = read_json(metrics)["main"]["texture"]["doubtful"]
    assert float(told["value"]) == doubtful["value"]
    assert float(told["reference"]) == doubtful["reference"]


@pytest.mark.parametrize(("by", "number"), [(1e-6, -1), (-1e-7, -1), (1e-4, 0), (1e-4, 8)])
def test_a_real_difference_stops_the_study_in_plain_numbers(tmp_path, monkeypatch, by, number):
    alter(monkeypatch, by, number)
    with pytest.raises(StudyError, match=r"by PyRadiomics, and rounding makes no more than .* \(1 of") as stopped:
        extract(texture, FAMILY, [parted_row(tmp_path)], tmp_path)
    assert "np." not in str(stopped.value)
    assert "float64" not in str(stopped.value)


def test_where_nothing_is_doubtful_nothing_is_noted(tmp_path):
    _, out = extract(texture, FAMILY, [crop_row(1, tmp_path)], tmp_path)
    assert read_table(out, schemas.FEATURES).attrs == {}
    assert b"doubtful" not in out.read_bytes()


def near_twins(rare):
    """Make a matrix with two rare levels that nearly mirror each other: their eigenvalues nearly coincide."""
    counts = np.random.default_rng(3).integers(100, 200, (10, 10)).astype(float) * 20
    counts += counts.T
    counts[[0, -1]] = counts[:, [0, -1]] = 0
    for level, neighbour in ((0, 4), (9, 5)):
        counts[level, level] = rare
        counts[level, neighbour] = counts[neighbour, level] = rare
    return counts / counts.sum()


@pytest.mark.parametrize("rare", [1, 2, 5, 100, 5000])
def test_the_bound_holds_of_two_ways_to_compute_the_coefficient(rare):
    joint = near_twins(rare)
    marginal = joint.sum(axis=1)
    for guard in (0.0, TINY):
        eigenvalues = np.linalg.eigvals((joint / (np.outer(marginal, marginal) + guard)) @ joint.T)
        theirs = np.sqrt(np.sort(eigenvalues.real)[-2])
        bound = bound_maximal_correlation(joint[np.newaxis])
        if guard:
            assert abs(maximal_correlation(joint, 0.0) - theirs) <= bound
    assert bound < 1e-4 / rare**2


def test_a_coefficient_that_may_be_undefined_by_chance_has_no_bound():
    independent = np.outer([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])
    assert bound_maximal_correlation(independent[np.newaxis]) == float("inf")
    assert Difference(MCC, 0.0, float("nan"), float("inf")).is_doubtful
    assert not Difference(MCC, 0.0, float("nan"), 1.0).is_doubtful
    assert bound_maximal_correlation(np.ones((1, 1, 1))) == 0.0
    assert bound_maximal_correlation(np.empty((0, 0, 0))) == 0.0


def test_cancelling_terms_bound_what_rounding_makes_of_a_feature():
    names = [
        f"a_firstorder_{name}" for name in ("InterquartileRange", "Minimum", "Maximum", "RootMeanSquared", "Energy")
    ]
    theirs = np.array([0.0, -100.0, 50.0, 20.0, 7.0])
    found = find_differences(names, theirs + np.array([1e-13, 0, 0, 0, 0]), theirs)
    assert [(each.name, each.is_doubtful) for each in found] == [(names[0], True)]
    found = find_differences(names, theirs + np.array([1e-7, 0, 0, 0, 1e-7]), theirs)
    assert [(each.name, each.is_doubtful) for each in found] == [(names[0], False), (names[4], False)]
    known = {
        "RootMeanSquared": 1e6,
        "Variance": 1.0,
        "Kurtosis": 3.0,
        "ClusterTendency": 4.0,
        "ClusterProminence": 25.0,
    }
    assert bound_by_terms("Variance", known) == pytest.approx(1.0)
    assert bound_by_terms("Skewness", known) == pytest.approx(3e-6, rel=1e-3)
    assert bound_by_terms("ClusterShade", known) == pytest.approx(1e-11)
    assert bound_by_terms("Contrast", known) == bound_by_terms("Kurtosis", {}) == 0.0
    assert bound_by_terms("Skewness", known | {"Variance": 0.0}) == 0.0
