import numpy as np
import pytest

from sonomics.statistics.classification.class_bootstrap import bootstrap_class_report
from sonomics.statistics.classification.multiclass import class_report

CLASSES = ["a", "b", "c"]


def decisions(rows=120):
    generator = np.random.default_rng(0)
    y = np.array(CLASSES)[generator.integers(0, 3, rows)]
    return y, np.where(generator.random(rows) < 0.6, y, np.array(CLASSES)[generator.integers(0, 3, rows)])


def test_six_cases_by_hand():
    table = bootstrap_class_report(list("aaabbc"), list("aabbbc"), CLASSES, np.arange(6), 50, 0)
    got = table.set_index(["measure", "of"])["estimate"]
    assert got["precision"].tolist() == pytest.approx([1, 2 / 3, 1, 8 / 9, (3 + 4 / 3 + 1) / 6])
    assert got["recall"].tolist() == pytest.approx([2 / 3, 1, 1, 8 / 9, 5 / 6])
    assert got["f1"].tolist() == pytest.approx([0.8, 0.8, 1, 2.6 / 3, 5 / 6])
    assert got["accuracy"].tolist() == pytest.approx([5 / 6])


def test_estimates_are_those_of_the_class_report():
    y, decided = decisions()
    got = bootstrap_class_report(y, decided, CLASSES, np.arange(120), 20, 0).set_index(["measure", "of"])["estimate"]
    report = class_report(y, decided, CLASSES)
    for measure in ("precision", "recall", "f1"):
        assert got[measure][CLASSES].tolist() == pytest.approx(report.classes[measure].tolist())
        assert got[measure][["macro", "weighted"]].tolist() == pytest.approx(report.averages[measure].tolist())


def test_patients_are_resampled_whole():
    y, decided = decisions()
    single = bootstrap_class_report(y, decided, CLASSES, np.arange(120), 400, 1)
    twins = bootstrap_class_report(
        np.repeat(y, 4), np.repeat(decided, 4), CLASSES, np.repeat(np.arange(120), 4), 400, 1
    )
    assert twins["estimate"].tolist() == pytest.approx(single["estimate"].tolist())
    assert twins["lower"].tolist() == pytest.approx(single["lower"].tolist())
    assert (single["lower"] <= single["estimate"]).all()
    assert (single["estimate"] <= single["upper"]).all()


def test_a_class_that_is_absent_or_never_decided_for_has_a_reason():
    table = bootstrap_class_report(list("aabb"), list("aaaa"), CLASSES, np.arange(4), 20, 0)
    rows = table.set_index(["measure", "of"])
    for key in [("precision", "b"), ("precision", "macro"), ("recall", "c")]:
        assert np.isnan(rows.loc[key, "estimate"])
        assert rows.loc[key, "reason"]
    assert rows.loc[("recall", "macro"), "estimate"] == 0.5
    with pytest.raises(ValueError, match="not listed"):
        bootstrap_class_report(["z"], ["a"], CLASSES, [0], 10, 0)
    with pytest.raises(ValueError, match="a case or more"):
        bootstrap_class_report([], [], CLASSES, [], 10, 0)
