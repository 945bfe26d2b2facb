"""Other thresholds: chosen on training alone, applied unchanged, equal to the pure functions."""

import numpy as np
import pytest

from sonomics.evaluate.accuracy.operating_points import choose_cutoffs, operating_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.statistics.classification.confusion import count_confusion, summarise_confusion
from sonomics.statistics.classification.cutoffs import sensitivity_cutoff, youden_cutoff
from tests.evaluate.hand_made import A, cases_of


def test_every_rule_is_settled_on_training_and_applied_elsewhere() -> None:
    cases = cases_of({"train": 80, "internal": 40})
    table = operating_table(build_samples(cases, [A]), [0.9], 0.95)
    training = cases[cases["split"] == "train"]
    y, value = training["label"].to_numpy(), training["a__probability"].to_numpy()
    chosen = {
        "youden": youden_cutoff(y, value).cutoff,
        "sensitivity_0.9": sensitivity_cutoff(y, value, 0.9).cutoff,
        "frozen (youden)": 0.5,
    }
    test = cases[cases["split"] == "internal"]
    for rule, cutoff in chosen.items():
        inside = table[(table["rule"] == rule) & (table["split"] == "internal")].set_index("statistic")
        expected = summarise_confusion(count_confusion(test["label"], test["a__probability"], cutoff)).sensitivity
        assert inside["cutoff"].unique() == pytest.approx([cutoff])
        assert inside.loc["sensitivity", "estimate"] == expected.estimate
        assert inside.loc["sensitivity", ["lower", "upper"]].tolist() == pytest.approx(list(expected.wilson))
        assert inside.loc["sensitivity", "n"] == 40


def test_test_labels_move_no_threshold() -> None:
    cases = cases_of({"train": 60, "internal": 30})
    flipped = cases.assign(label=cases["label"].where(cases["split"] == "train", 1 - cases["label"]))
    before, after = (
        {rule: cut.cutoff for rule, cut in choose_cutoffs(build_samples(each, [A]).training(A), [0.9]).items()}
        for each in (cases, flipped)
    )
    assert before == after


def test_one_class_in_training_leaves_no_threshold_but_a_reason() -> None:
    cases = cases_of({"train": 20, "internal": 20}).assign(label=1.0)
    table = operating_table(build_samples(cases, [A]), [0.9], 0.95)
    unsettled = table[table["rule"] == "youden"]
    assert unsettled["estimate"].isna().all()
    assert set(unsettled["reason"]) == {"only one class"}
    assert np.isnan(unsettled["cutoff"]).all()
