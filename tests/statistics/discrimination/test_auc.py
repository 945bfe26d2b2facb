import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.discrimination.auc import auc, auc_interval, auc_logit_interval, hanley_mcneil_se
from sonomics.statistics.discrimination.auc_comparison import delong_test

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


@pytest.mark.parametrize(
    ("y", "score"), [([0, 2], [1, 2]), ([0, np.nan], [1, 2]), ([0, 1], [1, np.nan]), ([0, 1], [1])]
)
def test_bad_input_is_refused(y, score):
    with pytest.raises(ValueError, match=r"outcome|score|expected"):
        auc(y, score)


@given(st.integers(0, 2**31))
def test_the_logit_interval_stays_inside_and_holds_the_area(seed):
    generator = np.random.default_rng(seed)
    y = np.repeat([0, 1], 6)
    got = auc_logit_interval(y, generator.normal(1.5 * y, 1))
    if not got.reason:
        assert 0 < got.lower < got.estimate < got.upper < 1


def test_an_area_of_one_has_no_logit_interval():
    got = auc_logit_interval([0, 0, 1, 1], [1, 2, 3, 4])
    assert got.estimate == 1
    assert np.isnan([got.lower, got.upper]).all()
    assert "infinite" in got.reason


def test_hanley_mcneil_as_published():
    # Hanley & McNeil 1982: an area of 0.893 in 51 abnormal and 58 normal images has a standard error of 0.032.
    assert hanley_mcneil_se(0.893, 51, 58) == pytest.approx(0.032, abs=0.001)
    assert np.isnan(hanley_mcneil_se(0.8, 0, 5))
