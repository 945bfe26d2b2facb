"""The final model of a task of several classes."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.stack import Stack
from sonomics.core.settings.tasks import ClassesTask
from sonomics.stack.final_model.classes import fit, join_blocks
from sonomics.stack.methods.classes import NONE, SOFTMAX, apply_weights
from tests.statistics.regression.reading import read_nomogram

CLASSES = ["low", "mid", "high"]
TASK = ClassesTask.partial({"type": "classes", "column": "grade", "classes": CLASSES})
FOLDS = 4


def predictions(kind: str = "probability", seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sixty training and twelve test cases, scored by a good model and by noise."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(72):
        train, place = number < 60, number % 3
        for model, signal in (("good", 2.0), ("noise", 0.0)):
            linear = random.normal(size=3) + signal * np.eye(3)[place]
            values = np.exp(linear) / np.exp(linear).sum() if kind == "probability" else linear
            about = {"patient": f"P{number:02d}", "case": f"P{number:02d}", "image": "", "model": model, "kind": kind}
            about |= {"split": "train" if train else "internal", "fold": str(number // 3 % FOLDS) if train else "all"}
            rows += [{**about, "class": name, "value": value} for name, value in zip(CLASSES, values, strict=True)]
    labels = pd.DataFrame({"label": np.arange(60) % 3.0}, index=[f"P{number:02d}" for number in range(60)])
    return pd.DataFrame(rows), labels


def settings(**changes: object) -> Stack:
    models = {"both": {"of": ["good", "noise"]}, "mean": {"of": ["good", "noise"], "weights": "equal"}}
    stated = {"pool": "mean", "threshold": "largest", "models": {**models, "alone": {"of": ["good"]}}, **changes}
    return Stack.model_validate(stated)


def pivot(values: pd.DataFrame, kind: str = "probability") -> pd.DataFrame:
    return values[values["kind"] == kind].pivot(index="case", columns="class", values="value")[CLASSES]


@pytest.mark.parametrize("calibration", ["platt", "isotonic", "none", "temperature", "dirichlet"])
@pytest.mark.parametrize("model", ["both", "mean", "alone"])
@pytest.mark.parametrize("kind", ["probability", "score"])
def test_every_case_has_probabilities_that_sum_to_one_and_mostly_tell(kind, model, calibration):
    table, labels = predictions(kind)
    final = fit(table, labels, model, settings(calibration=calibration), "largest", TASK)
    wide = pivot(final.values)
    assert len(wide) == 72
    np.testing.assert_allclose(wide.sum(axis=1), 1)
    decided = wide.to_numpy().argmax(axis=1)
    assert (decided == np.arange(72) % 3).mean() > 0.6
    assert final.thresholds == {"rule": "largest", "on": "probability", "cutoff": None, "reason": ""}


def test_fitted_weights_trust_the_good_model():
    table, labels = predictions()
    weight = fit(table, labels, "both", settings(), "largest", TASK).stack["weight"]
    assert weight[0] > 3 * abs(weight[1])


def test_the_label_of_a_case_changes_no_score_of_its_own_fold_and_test_labels_none():
    table, labels = predictions()
    before = pivot(fit(table, labels, "both", settings(), "largest", TASK).values)
    turned = labels.copy()
    members = [case for number, case in enumerate(labels.index) if number // 3 % FOLDS == 0]
    turned.loc[members, "label"] = (turned.loc[members, "label"] + 1) % 3
    after = pivot(fit(table, turned, "both", settings(), "largest", TASK).values, "score")
    unchanged = pivot(fit(table, labels, "both", settings(), "largest", TASK).values, "score")
    pd.testing.assert_frame_equal(after.loc[members], unchanged.loc[members])
    assert not np.allclose(
        before.loc["P03"], pivot(fit(table, turned, "both", settings(), "largest", TASK).values).loc["P03"]
    )


def test_images_are_pooled_class_by_class():
    table, _ = predictions()
    twice = pd.concat([table.assign(image="a"), table.assign(image="b", value=table["value"] / 2)])
    blocks, rows = join_blocks(twice, ["good"], CLASSES, "max", 1e-6)
    once, _ = join_blocks(table, ["good"], CLASSES, "mean", 1e-6)
    np.testing.assert_allclose(blocks, once)
    assert len(rows) == 72


def test_auc_weights_mix_the_probabilities_as_they_are():
    table, labels = predictions()
    stated = settings(models={"both": {"of": ["good", "noise"], "weights": "auc"}}, calibration="none")
    final = fit(table, labels, "both", stated, "largest", TASK)
    weight = dict(zip(final.stack["models"], final.stack["weight"], strict=True))
    assert sum(weight.values()) == pytest.approx(1)
    assert weight["good"] > weight["noise"]
    tests = table[table["split"] == "internal"].pivot(index=["case", "model"], columns="class", values="value")
    mixed = tests.xs("good", level="model") * weight["good"] + tests.xs("noise", level="model") * weight["noise"]
    np.testing.assert_allclose(pivot(final.values).loc[mixed.index], mixed[CLASSES])
    assert set(final.weights["fold"]) == {"0", "1", "2", "3", "all"}
    with pytest.raises(StudyError, match="good gives no probabilities"):
        fit(*predictions("score"), "both", stated, "largest", TASK)


@pytest.mark.parametrize("calibration", ["platt", "none"])
@pytest.mark.parametrize("kind", ["probability", "score"])
def test_the_nomograms_give_the_probabilities(kind, calibration):
    table, labels = predictions(kind)
    final = fit(table, labels, "both", settings(calibration=calibration), "largest", TASK)
    odds, seen = [], []
    for place, word in enumerate(CLASSES[1:]):
        shown = final.nomogram[final.nomogram["class"] == word]
        # The second mark of every base model for one class, the third for the other.
        marks = shown[shown["kind"] == "variable"].groupby("axis")["label"].nth(1 + place)
        values = dict(zip(["good", "noise"], marks, strict=True))
        read = read_nomogram(shown, values, np.log)
        assert list(read) == [f"Odds of {word} to low"]
        odds.append(np.exp(read[f"Odds of {word} to low"]))
        seen.append([float(value) for value in values.values()])
    against_low = np.array(seen).T if kind == "score" else np.log(seen).T
    scores = apply_weights(final.stack, np.column_stack([np.zeros(2), against_low])[None])
    calibrate = {"platt": SOFTMAX, "none": NONE}[calibration]
    assert np.array([1, *odds]) / (1 + sum(odds)) == pytest.approx(calibrate.apply(final.calibrator, scores)[0])


def test_steps_have_no_nomogram():
    table, labels = predictions()
    assert fit(table, labels, "both", settings(calibration="isotonic"), "largest", TASK).nomogram.empty


def test_a_cutoff_for_each_class_is_frozen_on_training():
    table, labels = predictions()
    cutoffs = fit(table, labels, "both", settings(), "youden", TASK).thresholds["cutoffs"]
    assert len(cutoffs) == len(CLASSES)
    assert all(0 < cutoff < 1 for cutoff in cutoffs)
