import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, matthews_corrcoef, precision_recall_fscore_support, roc_auc_score

from sonomics.statistics.classification.multiclass import class_aucs, class_report

CLASSES = ["benign", "borderline", "malignant"]


@pytest.fixture(scope="module")
def decided():
    generator = np.random.default_rng(9)
    truth = generator.choice(CLASSES, 150, p=[0.6, 0.1, 0.3])
    scores = generator.uniform(0, 1, (150, 3)) + (truth[:, None] == np.array(CLASSES))
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    return truth, np.array(CLASSES)[probabilities.argmax(axis=1)], probabilities


def test_decisions_equal_scikit_learn(decided):
    truth, choice, _ = decided
    got = class_report(truth, choice, CLASSES)
    precision, recall, f1, n = precision_recall_fscore_support(truth, choice, labels=CLASSES)
    for name, wanted in (("precision", precision), ("recall", recall), ("f1", f1), ("n", n)):
        assert got.classes[name].to_numpy() == pytest.approx(wanted)
    for row in ("macro", "weighted"):
        wanted = precision_recall_fscore_support(truth, choice, labels=CLASSES, average=row)[:3]
        assert got.averages.loc[row, ["precision", "recall", "f1"]].to_numpy(dtype=float) == pytest.approx(wanted)
    assert got.kappa == pytest.approx(cohen_kappa_score(truth, choice))
    assert got.mcc == pytest.approx(matthews_corrcoef(truth, choice))
    assert got.confusion.to_numpy().sum() == 150


def test_areas_equal_scikit_learn(decided):
    truth, _, probabilities = decided
    got = class_aucs(truth, probabilities, CLASSES)
    for name, average in (("macro", "macro"), ("weighted", "weighted")):
        wanted = roc_auc_score(truth, probabilities, multi_class="ovr", average=average, labels=CLASSES)
        assert getattr(got, name) == pytest.approx(wanted)
    assert got.hand_till == pytest.approx(roc_auc_score(truth, probabilities, multi_class="ovo", labels=CLASSES))


def test_absent_classes_are_named_not_counted_as_zero():
    got = class_report(["benign", "malignant", "malignant"], ["benign", "benign", "benign"], CLASSES)
    assert got.classes.loc["borderline", "reason"] == "no such case; never decided for"
    assert np.isnan(got.averages.loc["macro", "precision"])
    assert got.averages.loc["macro", "reason"] == "precision: never decided for malignant"
    assert got.averages.loc["macro", "recall"] == 0.5
    assert np.isnan(got.mcc)
    assert class_aucs(["benign"], [[1, 0, 0]], CLASSES).reason == "fewer than two classes occur"
    assert np.isnan(class_report([], [], CLASSES).accuracy.estimate)


def test_unknown_classes_are_refused():
    with pytest.raises(ValueError, match="not a listed class: other"):
        class_report(["other"], ["benign"], CLASSES)
    with pytest.raises(ValueError, match="columns"):
        class_aucs(["benign"], [[1, 0]], CLASSES)
