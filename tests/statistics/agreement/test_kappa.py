from itertools import combinations

import numpy as np
import pytest

from sonomics.statistics.agreement.kappa import cohen_kappa, fleiss_kappa, jackknife_interval, pairwise_kappa

SCALE = np.array(["1", "2", "3", "4"])


@pytest.fixture
def ratings() -> np.ndarray:
    generator = np.random.default_rng(4)
    truth = generator.integers(0, 4, 30)
    return SCALE[np.clip(truth[:, None] + generator.integers(-1, 2, (30, 3)), 0, 3)]


def mean_of_pairs(ratings: np.ndarray, weights: str) -> float:
    pairs = combinations(range(ratings.shape[1]), 2)
    found = [cohen_kappa(ratings[:, a], ratings[:, b], weights, categories=SCALE) for a, b in pairs]
    return float(np.mean([kappa.estimate for kappa in found]))


def test_by_hand():
    # Subjects aa, ab, bb: observed 2/3, shares 1/2 each, chance 1/2.
    got = fleiss_kappa([["a", "a"], ["a", "b"], ["b", "b"]])
    assert (got.observed, got.by_chance) == (pytest.approx(2 / 3), 0.5)
    assert got.kappa == pytest.approx(1 / 3)
    assert got.se_null == pytest.approx(1 / np.sqrt(3))
    assert got.lower < got.lower_normal < got.kappa < got.upper_normal < got.upper


def test_agreement_in_everything_is_one():
    assert fleiss_kappa([[1, 1, 1], [2, 2, 2], [3, 3, 3]]).kappa == pytest.approx(1)


@pytest.mark.parametrize("ratings", [[[1, 1], [1, 1]], [[1], [2]], np.zeros((0, 3))])
def test_not_estimable(ratings):
    got = fleiss_kappa(ratings)
    assert np.isnan(got.kappa)
    assert got.reason


def test_a_single_subject_has_no_spread():
    got = fleiss_kappa([[1, 2, 2]])
    assert got.kappa == pytest.approx(1 - (2 / 3) / (4 / 9))
    assert np.isnan(got.se)


@pytest.mark.parametrize("modality", ["unaided", "aided"])
@pytest.mark.parametrize(
    ("key", "column", "weights"),
    [
        ("cohen_R1_R2_decision", "decision", "none"),
        ("cohen_R1_R2_category_unweighted", "category", "none"),
        ("cohen_R1_R2_category_linear", "category", "linear"),
        ("cohen_R1_R2_category_quadratic", "category", "quadratic"),
    ],
)
def test_cohen_kappa_equals_r(oracle, modality, key, column, weights):
    table = oracle.table("reader_study")
    ratings = table[table["modality"] == modality].pivot_table(index="case_id", columns="reader", values=column)
    got = cohen_kappa(ratings["R1"], ratings["R2"], weights)
    values = {"kappa": got.estimate, "se": got.se, "ci": [got.lower, got.upper]}
    oracle.check(f"readers.agreement.{modality}.{key}", values)


def test_raters_who_never_differ_in_category_are_not_estimable(oracle):
    case = oracle["edge_cases.cohen_constant_raters"]
    got = cohen_kappa(case["r1"], case["r2"])
    oracle.check("edge_cases.cohen_constant_raters", {"kappa": got.estimate})
    assert got.reason


def test_raters_of_different_cases_are_refused():
    with pytest.raises(ValueError, match="same cases"):
        cohen_kappa([1, 2, 3], [1, 2])


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_it_is_the_mean_of_cohens_kappa_with_and_without_each_subject(ratings: np.ndarray, weights: str) -> None:
    found = pairwise_kappa(ratings, SCALE, weights)
    assert found.estimate == pytest.approx(mean_of_pairs(ratings, weights))
    left_out = [mean_of_pairs(np.delete(ratings, row, axis=0), weights) for row in range(len(ratings))]
    assert found.without == pytest.approx(left_out)
    n = len(ratings)
    se = np.sqrt((n - 1) / n * ((left_out - np.mean(left_out)) ** 2).sum())
    assert jackknife_interval(found.estimate, found.without).se == pytest.approx(se)


def test_the_jackknife_is_near_the_large_sample_error_of_two_raters(ratings: np.ndarray) -> None:
    pair = ratings[:, :2]
    found = pairwise_kappa(pair, SCALE)
    assert jackknife_interval(found.estimate, found.without).se == pytest.approx(cohen_kappa(*pair.T).se, rel=0.15)


def test_the_order_of_the_scale_counts_not_that_of_the_words() -> None:
    scale = np.array(["9", "10", "11"])
    ratings = np.array([["9", "10"], ["10", "11"], ["11", "11"], ["9", "9"]])
    as_numbers = [[scale.tolist().index(word) for word in row] for row in ratings]
    expected = cohen_kappa(*np.array(as_numbers).T, "linear", categories=[0, 1, 2]).estimate
    assert pairwise_kappa(ratings, scale, "linear").estimate == pytest.approx(expected)


def test_pairs_that_use_one_category_are_left_out_and_counted() -> None:
    ratings = np.array([["1", "1", "1"], ["1", "1", "2"], ["1", "1", "2"]])
    found = pairwise_kappa(ratings, SCALE)
    assert (found.pairs, found.undefined) == (3, 1)
    constant = pairwise_kappa(np.full((4, 2), "1"), SCALE)
    assert np.isnan(constant.estimate)
    assert constant.reason == "every pair uses one category only"
    alone = pairwise_kappa(ratings[:, :1], SCALE)
    assert alone.reason == "fewer than two raters or no subjects"


def test_no_interval_when_one_subject_decides() -> None:
    ratings = np.array([["1", "1"], ["1", "1"], ["2", "2"]])
    found = pairwise_kappa(ratings, SCALE)
    assert found.estimate == 1
    assert np.isnan(jackknife_interval(found.estimate, found.without).lower)
