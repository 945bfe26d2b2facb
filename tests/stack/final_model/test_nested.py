"""The nested estimate: what the chain does to folds that it never saw, beside what it does to its own cases."""

import numpy as np
import pandas as pd
import pytest

from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.stack.final_model.chain import Chain, Steps
from sonomics.stack.final_model.nested import NESTED, apply_final, compare_classes, compare_labels, compare_risks
from sonomics.stack.methods.thresholds import give_no_cutoffs, youden_cutoffs
from sonomics.statistics.classification.cutoffs import youden_cutoff
from sonomics.statistics.discrimination.auc import auc
from tests.stack.base import scores
from tests.stack.final_model.test_chain import chain

FOLDS = (np.arange(60) // 2 % 3).astype(str)


def read(table: pd.DataFrame) -> pd.DataFrame:
    assert list(table.columns) == NESTED
    return table.set_index("measure")


def test_every_fold_is_decided_by_a_threshold_that_never_saw_it():
    _, labels = scores()
    whole, true = chain(labels, FOLDS), labels.to_numpy()
    table = read(compare_labels(whole, youden_cutoff))
    nested = whole.probabilities()
    called = np.zeros(60, dtype=bool)
    for fold in "012":
        others = fold != FOLDS
        inner = whole.probabilities(frozenset({fold}))[others]
        called[~others] = nested[~others] >= youden_cutoff(true[others], inner).cutoff
    assert table.loc["sensitivity", "nested"] == called[true == 1].mean()
    assert table.loc["specificity", "nested"] == (~called[true == 0]).mean()
    final = apply_final(whole) >= youden_cutoff(true, nested).cutoff
    assert table.loc["sensitivity", "apparent"] == final[true == 1].mean()
    assert table.loc["auc", "nested"] == auc(true, nested)
    assert table.loc["brier", "nested"] == pytest.approx(((nested - true) ** 2).mean())
    assert table.loc["sensitivity", "n"] == 30
    assert (table["reason"].fillna("") == "").all()


def test_of_noise_the_nested_estimate_shows_what_the_fit_flatters():
    differences = []
    for seed in range(8):
        labels = pd.Series(np.random.default_rng(seed).permutation(np.arange(60) % 2.0))
        table = read(compare_labels(chain(labels, FOLDS), youden_cutoff))
        youden = table.loc["sensitivity"] + table.loc["specificity"]
        differences.append(youden["apparent"] - youden["nested"])
    assert np.mean(differences) > 0.05


def test_one_class_is_not_estimable_and_says_so():
    table = read(compare_labels(chain(pd.Series(np.ones(60)), FOLDS), youden_cutoff))
    assert np.isnan(table.loc["auc", "nested"])
    assert table.loc["auc", "reason"] == "only one class"
    assert table.loc["sensitivity", "reason"] == "no threshold could be chosen"


@pytest.mark.parametrize("choose", [give_no_cutoffs, youden_cutoffs])
def test_classes_are_judged_by_frozen_cutoffs(choose):
    random = np.random.default_rng(0)
    codes = pd.Series(np.arange(60) % 3.0)
    raw = np.eye(3)[codes.astype(int)] * 3 + random.normal(size=(60, 3))
    probabilities = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)

    def keep(state: dict, values: np.ndarray) -> np.ndarray:
        return values

    def learn(values: np.ndarray, labels: pd.Series) -> dict:
        return {}

    whole = Chain(probabilities, codes, pd.Series(FOLDS), Steps(learn, keep, learn, keep))
    table = read(compare_classes(whole, choose))
    assert table.loc["accuracy", "apparent"] > 0.8
    if choose is give_no_cutoffs:
        assert table.loc["accuracy", "nested"] == (probabilities.argmax(axis=1) == codes).mean()
    assert table.loc["brier", "nested"] == pytest.approx(
        ((probabilities - np.eye(3)[codes.astype(int)]) ** 2).sum() / 60
    )


def test_risks_are_judged_at_every_horizon_and_beyond_follow_up_nothing_is():
    random = np.random.default_rng(0)
    risk = random.normal(size=60)
    followed = pd.DataFrame({"time": random.exponential(20 * np.exp(-risk)), "event": np.arange(60) % 4 > 0.0})
    followed["event"] = followed["event"].astype(float)

    def predict(state: dict, values: np.ndarray) -> np.ndarray:
        chance = 1 - np.exp(-0.5 * np.exp(values))
        return np.column_stack([chance, np.full(len(values), np.nan)])

    steps = Steps(lambda rows, outcomes: {}, lambda state, rows: rows, lambda rows, outcomes: {}, predict)
    whole = Chain(risk, followed, pd.Series(FOLDS), steps)
    table = compare_risks(whole, THRESHOLDS.build("median"), [10.0, 1e6]).set_index(["measure", "horizon"])
    assert table.loc[("hazard_ratio", np.nan), "nested"].item() > 1
    assert 0 < table.loc[("brier", 10.0), "nested"] < 0.3
    assert table.loc[("brier", 1e6), "reason"].startswith("follow-up of the training cases ends")
