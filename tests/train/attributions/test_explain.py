"""Shapley values by hand, and that they sum to the value of the row."""

import numpy as np
import pytest

from sonomics.train.attributions.explain import CENTROIDS, explain_classifier, summarise_background
from sonomics.train.classifiers.fit import fit_classifier, fit_prevalence, score_rows
from tests.train.rows import KINDS, data


def fitted(kind, values, labels):
    return fit_classifier(KINDS[kind], values, labels, 1)


def rows(count=60):
    values, labels = data(count)
    return values, labels


@pytest.mark.parametrize("kind", KINDS)
def test_attributions_sum_to_the_value_of_the_row(kind):
    values, labels = rows()
    model = fitted(kind, values, labels)
    background = summarise_background(values, 1)
    found = explain_classifier(model, background, values[:9], [1.0], 1)[0]
    value = score_rows(model, values[:9])[1] if found.scale != "log odds" else model.decision_function(values[:9])
    np.testing.assert_allclose(found.base + found.shares.sum(axis=1), value, atol=1e-6)
    again = explain_classifier(model, background, values[:9], [1.0], 1)[0]
    np.testing.assert_array_equal(again.shares, found.shares)
    assert np.abs(found.shares[:, 0]).mean() > 0


def test_a_linear_model_has_the_closed_form():
    values, labels = rows()
    model = fitted("logistic", values, labels)
    background = summarise_background(values, 1)
    found = explain_classifier(model, background, values[:5], [1.0], 1)[0]
    wanted = model.coef_[0] * (values[:5] - background.mean(axis=0))
    np.testing.assert_allclose(found.shares, wanted, atol=1e-12)
    assert found.scale == "log odds"


def test_a_model_without_a_feature_has_weighed_nothing():
    values, labels = rows()
    model = fit_prevalence(values, labels)
    assert not explain_classifier(model, values[:3], values, [1.0], 1)[0].shares.any()
    none = np.empty((4, 0))
    assert explain_classifier(fit_prevalence(none, labels[:4]), none, none, [1.0], 1)[0].shares.shape == (4, 0)
    (of_nobody,) = explain_classifier(fitted("logistic", values, labels), values, values[:0], [1.0], 1)
    assert of_nobody.shares.shape == (0, values.shape[1])


def test_the_background_holds_no_row_of_a_patient():
    values, _ = rows()
    background = summarise_background(values, 1)
    assert background.shape == (CENTROIDS, values.shape[1])
    assert not any((row == values).all(axis=1).any() for row in background if (row != values).any(axis=1).all())
    np.testing.assert_array_equal(summarise_background(values, 1), background)


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_of_several_is_explained(kind):
    values, _ = rows()
    labels = np.digitize(values[:, 0], [0.2, 0.8]).astype(float)
    model = fitted(kind, values, labels)
    background = summarise_background(values, 1)
    found = explain_classifier(model, background, values[:7], [0.0, 1.0, 2.0, 3.0], 1)
    assert not found[3].shares.any()
    give = model.decision_function if found[0].scale in ("log odds", "distance") else model.predict_proba
    sums = np.column_stack([each.base + each.shares.sum(axis=1) for each in found[:3]])
    np.testing.assert_allclose(sums, give(values[:7]), atol=1e-6)
