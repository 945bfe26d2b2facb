"""Macro and weighted precision, recall and F1 of a binary task."""

import pytest
from sklearn.metrics import precision_recall_fscore_support

from sonomics.evaluate.accuracy.averages import FROZEN, LARGEST, average_table
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from tests.evaluate.hand_made import cases_of

SAMPLING = Sampling(0.95, 50, 1)


def test_means_over_both_labels_agree_with_a_reference():
    cases = cases_of({"train": 60, "internal": 40})
    samples = build_samples(cases, [Model("a", 0.3, "probability", "youden")])
    table = average_table(samples, SAMPLING).set_index(["split", "decision", "of", "measure"])
    of_set = cases[cases["split"] == "internal"]
    for decision, cutoff in ((LARGEST, 0.5), (FROZEN, 0.3)):
        for average in ("macro", "weighted"):
            called = (of_set["a__probability"] >= cutoff).astype(float)
            reference = precision_recall_fscore_support(of_set["label"], called, average=average)
            for measure, value in zip(("precision", "recall", "f1"), reference[:3], strict=True):
                row = table.loc["internal", decision, average, measure]
                assert row["estimate"] == pytest.approx(value)
                assert row["lower"] < value < row["upper"]


def test_without_threshold_or_probability_that_decision_is_left_out():
    cases = cases_of({"internal": 40}).rename(columns={"b__probability": "b__score"})
    models = [Model("a", float("nan"), "probability", "youden"), Model("b", 0.5, "score", "youden")]
    table = average_table(build_samples(cases, models), SAMPLING)
    assert set(zip(table["model"], table["decision"], strict=True)) == {("a", LARGEST), ("b", FROZEN)}


def test_a_label_that_is_never_decided_for_has_no_precision():
    cases = cases_of({"internal": 40})
    table = average_table(build_samples(cases, [Model("a", 2.0, "probability", "youden")]), SAMPLING)
    row = table.set_index(["decision", "of", "measure"]).loc[FROZEN, "macro", "precision"]
    assert row[["estimate", "lower", "upper"]].isna().all()
    assert row["reason"]
