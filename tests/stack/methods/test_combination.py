"""Combine base models: fitted and equal weights."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from sonomics.core.folds import cross_fit
from sonomics.stack.methods.combination import apply_combination, fit_combination
from tests.stack.base import scores

fit_weights = partial(fit_combination, weights="fitted")


def test_the_better_base_model_weighs_more():
    rows, labels = scores()
    state = fit_weights(rows, labels)
    weight = dict(zip(state["models"], state["weight"], strict=True))
    assert weight["good"] > 2 * abs(weight["noise"])


def test_one_base_model_keeps_its_scores():
    rows, labels = scores()
    state = fit_weights(rows[["good"]], labels)
    assert np.allclose(apply_combination(state, rows[["good"]]), rows["good"])


def test_a_constant_base_model_does_no_harm():
    rows, labels = scores()
    state = fit_weights(rows.assign(noise=0.5), labels)
    assert state["weight"][1] == pytest.approx(0, abs=1e-9)


def test_a_case_that_a_base_model_has_not_scored_has_no_score():
    rows, labels = scores()
    state = fit_weights(rows, labels)
    rows.loc[0, "good"] = np.nan
    assert np.isnan(apply_combination(state, rows)[0])


def test_equal_weights_make_the_mean_of_z_scores():
    rows, labels = scores()
    state = fit_combination(rows, labels, "equal")
    np.testing.assert_allclose(apply_combination(state, rows), ((rows - rows.mean()) / rows.std(ddof=0)).mean(axis=1))


def test_a_training_score_never_depends_on_its_own_label():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    before = cross_fit(rows, labels, folds, fit_weights, apply_combination)
    held = folds == 1
    changed = cross_fit(rows, labels.where(~held, 1 - labels), folds, fit_weights, apply_combination)
    assert np.allclose(before[held], changed[held])
    assert not np.allclose(before[~held], changed[~held])


def test_unknown_labels_are_scored_and_not_fitted_on():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    labels[0] = np.nan
    values = cross_fit(rows, labels, folds, fit_weights, apply_combination)
    assert np.isfinite(values).all()


def test_auc_weights_multiply_the_scores_as_they_are():
    rows, labels = scores()
    state = fit_combination(rows, labels, "auc")
    areas = [roc_auc_score(labels, rows[name]) for name in rows]
    np.testing.assert_allclose(state["weight"], np.array(areas) / sum(areas))
    np.testing.assert_allclose(apply_combination(state, rows), rows.to_numpy() @ np.array(state["weight"]))


def test_auc_weights_are_equal_without_both_classes():
    rows, labels = scores()
    assert fit_combination(rows, labels * 0, "auc")["weight"] == [0.5, 0.5]


def test_auc_weights_of_a_fold_do_not_see_its_labels():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    fit_by_auc = partial(fit_combination, weights="auc")
    before = cross_fit(rows, labels, folds, fit_by_auc, apply_combination)
    held = folds == 1
    changed = cross_fit(rows, labels.where(~held, 1 - labels), folds, fit_by_auc, apply_combination)
    np.testing.assert_array_equal(before[held], changed[held])
    assert not np.allclose(before[~held], changed[~held])
