"""The chain from base scores to probabilities never scores a case by what saw its label."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.stack.final_model.chain import Chain, Steps
from sonomics.stack.methods.calibration import apply_calibrator, fit_calibrator
from sonomics.stack.methods.combination import apply_combination, fit_combination
from tests.stack.base import scores


def chain(labels: pd.Series, folds: np.ndarray, weights: str = "fitted", method: str = "platt") -> Chain:
    rows, _ = scores(len(labels))
    steps = Steps(
        partial(fit_combination, weights=weights),
        apply_combination,
        partial(fit_calibrator, method=method),
        apply_calibrator,
    )
    return Chain(rows, labels, pd.Series(folds), steps)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 59), st.integers(2, 5), st.sampled_from(["platt", "isotonic"]))
def test_a_case_own_label_moves_neither_its_score_nor_its_probability(case, count, method):
    _, labels = scores()
    folds = (np.arange(60) // 2 % count).astype(str)
    flipped = labels.copy()
    flipped[case] = 1 - flipped[case]
    before, after = (chain(outcomes, folds, method=method) for outcomes in (labels, flipped))
    held = folds == folds[case]
    np.testing.assert_array_equal(before.scores()[held], after.scores()[held])
    np.testing.assert_array_equal(before.probabilities()[held], after.probabilities()[held])
    fold = frozenset({folds[case]})
    np.testing.assert_array_equal(before.probabilities(fold), after.probabilities(fold))
    assert not np.array_equal(before.scores()[~held], after.scores()[~held])


def test_the_probability_of_a_fold_is_the_whole_chain_fitted_on_the_others():
    _, labels = scores()
    folds = (np.arange(60) // 2 % 3).astype(str)
    whole, held = chain(labels, folds), folds == "1"
    others = chain(labels.where(~held), folds)
    alone = frozenset({"1"})
    assert whole.weights(alone) == others.weights()
    np.testing.assert_allclose(
        whole.probabilities()[held],
        apply_calibrator(whole.calibrator(alone), apply_combination(whole.weights(alone), whole.rows[held])),
    )
    inner = whole.scores(alone)
    assert np.isnan(inner[held]).all()
    expected = fit_calibrator(inner[~held], labels[~held].to_numpy(), "platt")
    assert whole.calibrator(alone)["slope"] == pytest.approx(expected["slope"], rel=1e-12)


def test_where_no_fold_is_left_the_fit_keeps_the_last_one():
    _, labels = scores()
    two = chain(labels, (np.arange(60) // 2 % 2).astype(str))
    assert two.widen(frozenset({"0"}), "1") == {"0"}
    assert np.isfinite(two.probabilities()).all()
    unknown = chain(labels.where(two.fold_of == "0"), two.fold_of)
    assert unknown.widen(frozenset(), "0") == frozenset()
