"""Every kind of classifier: its scores, and what it does with odd tables."""

import numpy as np
import pytest

from sonomics.core.models import read_model, write_model
from sonomics.train.classifier import fit
from sonomics.train.classifiers.fit import fit_classifier, score_rows
from tests.train.rows import KINDS, STATED, data, model_of, people

SEVERAL = ["rf", "svm", "logistic", "boosting", "ordinal"]


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_larger_scores_mean_positive(settings):
    values, labels = data()
    kind, scores = score_rows(fit(settings, values, labels, people(values), seed=1), values)
    assert scores[labels == 1].mean() > scores[labels == 0].mean()
    assert kind == ("score" if settings.kind == "svm" else "probability")


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_a_score_depends_on_its_own_row_only(settings):
    values, labels = data(150)
    model = fit(settings, values, labels, people(values), seed=1)
    _, together = score_rows(model, values)
    for row in (0, 1, 63, 64, 149):
        assert score_rows(model, values[row : row + 1])[1].tobytes() == together[row].tobytes()
    assert score_rows(model, values[::-1])[1][::-1].tobytes() == together.tobytes()


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_without_features_every_case_gets_the_share_of_positives(settings):
    labels = np.array([1.0, 0, 0, 0])
    kind, scores = score_rows(fit(settings, np.empty((4, 0)), labels, people(labels), seed=1), np.empty((2, 0)))
    assert kind == "probability"
    assert scores.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_a_study_without_a_test_set_has_no_scores_of_it(settings):
    values, labels = data()
    kind, scores = score_rows(fit(settings, values, labels, people(values), seed=1), values[:0])
    assert kind == ("score" if settings.kind == "svm" else "probability")
    assert scores.shape == (0,)


@pytest.mark.parametrize(("label", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_rows_of_one_class_give_its_share(label, share):
    values, _ = data(4)
    _, scores = score_rows(fit(KINDS["svm"], values, np.full(4, label), people(values), seed=1), values)
    assert scores.tolist() == [share] * 4


def test_every_model_comes_back_from_its_file(tmp_path):
    values, labels = data()
    for name, settings in KINDS.items():
        model = fit(settings, values, labels, people(values), seed=1)
        write_model(tmp_path / f"{name}.skops", model)
        again = read_model(tmp_path / f"{name}.skops")
        assert score_rows(again, values)[1] == pytest.approx(score_rows(model, values)[1])


@pytest.mark.parametrize("name", ["linear", "logistic", "boosting"])
def test_balanced_classes_score_a_rare_class_higher_than_balanced_cases_do(name):
    random = np.random.default_rng(3)
    labels = np.repeat([0.0, 1.0], [50, 6])
    values = np.column_stack([labels + random.normal(0, 1, 56), random.normal(size=56)])
    means = {}
    for weight in ("balanced", "none"):
        model = fit(model_of({**STATED[name], "class_weight": weight}), values, labels, people(values), seed=1)
        means[weight] = score_rows(model, values)[1].mean()
    assert means["balanced"] > means["none"]


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("shape", ["separable", "wide", "constant"])
def test_odd_tables_give_finite_scores_in_the_right_order(settings, shape):
    values, labels = data(24)
    values = {
        "separable": np.column_stack([labels, values[:, 1]]),
        "wide": np.column_stack([values, np.random.default_rng(1).normal(size=(24, 200))]),
        "constant": np.column_stack([values, np.ones(24)]),
    }[shape]
    _, scores = score_rows(fit(settings, values, labels, people(values), seed=1), values)
    assert np.isfinite(scores).all()
    assert scores[labels == 1].mean() > scores[labels == 0].mean()


@pytest.mark.parametrize("name", SEVERAL)
def test_several_classes_have_a_value_each_in_the_order_that_is_asked_for(name):
    random = np.random.default_rng(0)
    codes = np.arange(60) % 3.0
    values = np.column_stack([codes == place for place in range(3)]) + random.normal(0, 0.2, (60, 3))
    classifier = fit_classifier(KINDS[name], values, codes, seed=1)
    kind, scores = score_rows(classifier, values, [0.0, 1.0, 2.0])
    assert scores.shape == (60, 3)
    assert (scores.argmax(axis=1) == codes).mean() > 0.9
    assert kind == ("score" if name == "svm" else "probability")


@pytest.mark.parametrize("name", SEVERAL)
def test_a_class_that_a_fold_lacks_is_the_least_likely(name):
    codes = np.arange(40) % 2.0 * 2
    values = np.column_stack([codes, np.random.default_rng(0).normal(size=40)])
    _, scores = score_rows(fit_classifier(KINDS[name], values, codes, seed=1), values, [0.0, 1.0, 2.0])
    assert (scores[:, 1] <= scores.min(axis=1)).all()
