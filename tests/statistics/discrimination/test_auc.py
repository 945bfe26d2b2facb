import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.discrimination.auc import auc, auc_interval, delong, delong_test, roc_curve

SCORED = st.integers(2, 30).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 1)), hnp.arrays(np.float64, n, elements=st.integers(-4, 4))
    )
)


@pytest.mark.parametrize("part", ["all", "train", "test"])
@pytest.mark.parametrize("model", ["model_a", "model_b"])
def test_auc_and_delong_interval_equal_r(oracle, paired, part, model):
    got = auc_interval(paired[part]["y"], paired[part][model])
    oracle.check(f"roc.{part}.{model}", {"auc": got.estimate, "se_delong": got.se, "ci_delong": [got.lower, got.upper]})


@pytest.mark.parametrize("part", ["all", "train", "test"])
def test_paired_delong_test_equals_r(oracle, paired, part):
    rows = paired[part]
    got = delong_test(rows["y"], rows["model_a"], rows["model_b"])
    _, covariance = delong(rows["y"], rows[["model_a", "model_b"]].to_numpy().T)
    values = {"diff_a_minus_b": got.difference, "se": got.se, "z": got.z, "p": got.p, "ci": [got.lower, got.upper]}
    oracle.check(f"roc.{part}.delong_paired", values | {"cov": covariance[0, 1]})


@pytest.mark.parametrize("case", ["perfect_auc", "auc_with_all_tied_scores"])
def test_edge_cases_of_the_oracle(oracle, case):
    data = oracle[f"edge_cases.{case}"]
    got = auc_interval(data["y"], data["score"])
    values = {"auc": got.estimate, "se_delong": got.se, "ci_delong": [got.lower, got.upper]}
    oracle.check(f"edge_cases.{case}", {key: values[key] for key in data if key in values})


@given(SCORED)
def test_auc_is_the_share_of_pairs_won(data):
    y, score = data
    pairs = [(a > b) + 0.5 * (a == b) for a in score[y == 1] for b in score[y == 0]]
    assert auc(y, score) == pytest.approx(np.mean(pairs) if pairs else np.nan, nan_ok=True)


@given(SCORED)
def test_reversing_the_score_mirrors_the_auc(data):
    y, score = data
    assert auc(y, -score) == pytest.approx(1 - auc(y, score), nan_ok=True)


@given(SCORED)
def test_area_under_the_drawn_curve_is_the_auc(data):
    y, score = data
    curve = roc_curve(y, score)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(auc(y, score), nan_ok=True)
    assert len(curve.cutoff) == len(np.unique(score)) + 1


def test_curve_points_are_those_of_the_definition():
    curve = roc_curve([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
    np.testing.assert_allclose(curve.cutoff, [np.inf, 0.8, 0.4, 0.1])
    np.testing.assert_allclose(curve.true_positive_rate, [0, 0.5, 1, 1])
    np.testing.assert_allclose(curve.false_positive_rate, [0, 0, 0.5, 1])


def test_one_class_is_not_estimable():
    got = auc_interval([1, 1, 1], [0.1, 0.2, 0.3])
    assert np.isnan(got[:4]).all()
    assert got.reason == "only one class"
    assert delong_test([0, 0], [1, 2], [2, 1]).reason == "only one class"


def test_a_single_case_has_an_auc_but_no_interval():
    got = auc_interval([0, 0, 1], [0.1, 0.5, 0.3])
    assert got.estimate == 0.5
    assert np.isnan([got.se, got.lower, got.upper]).all()
    assert got.reason


def test_equal_ranks_have_no_p_value():
    y, score = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.3, 0.5, 0.2, 0.9])
    got = delong_test(y, score, np.exp(score))
    assert got.difference == 0
    assert np.isnan(got.p)
    assert got.reason == "the difference has no variance"


@pytest.mark.parametrize(
    ("y", "score"), [([0, 2], [1, 2]), ([0, np.nan], [1, 2]), ([0, 1], [1, np.nan]), ([0, 1], [1])]
)
def test_bad_input_is_refused(y, score):
    with pytest.raises(ValueError, match=r"outcome|score|expected"):
        auc(y, score)
