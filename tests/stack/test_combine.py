import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from sonomics.core.errors import StudyError
from sonomics.stack.calibrate import METHODS, apply_calibrator, fit_calibrator
from sonomics.stack.combine import apply_stack, cross_fitted, fit_stack
from sonomics.stack.pool import pool
from sonomics.stack.scores import base_scores, calibration_of, final_scores, points


def scores(n: int = 60) -> tuple[pd.DataFrame, pd.Series]:
    random = np.random.default_rng(0)
    labels = pd.Series(np.arange(n) % 2.0)
    good = labels + random.normal(0, 0.5, n)
    return pd.DataFrame({"good": good, "noise": random.normal(size=n)}), labels


def test_the_better_base_model_weighs_more():
    rows, labels = scores()
    state = fit_stack(rows, labels)
    weight = dict(zip(state["models"], state["weight"], strict=True))
    assert weight["good"] > 2 * abs(weight["noise"])


def test_one_base_model_keeps_its_scores():
    rows, labels = scores()
    assert np.allclose(apply_stack(fit_stack(rows[["good"]], labels), rows[["good"]]), rows["good"])


def test_a_constant_base_model_does_no_harm():
    rows, labels = scores()
    state = fit_stack(rows.assign(noise=0.5), labels)
    assert state["weight"][1] == pytest.approx(0, abs=1e-9)


def test_a_case_that_a_base_model_has_not_scored_has_no_score():
    rows, labels = scores()
    state = fit_stack(rows, labels)
    rows.loc[0, "good"] = np.nan
    assert np.isnan(apply_stack(state, rows)[0])


def test_calibration_recovers_a_known_link():
    random = np.random.default_rng(1)
    score = random.normal(size=20000)
    labels = (random.random(20000) < expit(-0.5 + 2 * score)).astype(float)
    state = fit_calibrator(score, labels)
    assert state["intercept"] == pytest.approx(-0.5, abs=0.06)
    assert state["slope"] == pytest.approx(2, abs=0.1)


def test_a_constant_score_is_calibrated_to_the_share_of_positives():
    state = fit_calibrator(np.zeros(4), np.array([1.0, 0, 0, 0]))
    assert apply_calibrator(state, np.zeros(2)).tolist() == [0.25, 0.25]


@pytest.mark.parametrize("method", METHODS)
def test_every_calibration_is_fitted_out_of_fold_and_says_what_it_is(method):
    rows, labels = scores(90)
    folds = (np.arange(90) // 2 % 3).astype(str)
    names = [f"P{number:02d}" for number in range(90)]
    index = [names, names, ["train"] * 90, folds]
    table = rows[["good"]].set_axis(pd.MultiIndex.from_arrays(index, names=["patient", "case", "split", "fold"]))
    known = labels.set_axis(names)
    before = final_scores(table, known, "youden", method)
    assert before["calibrator"]["method"] == method
    held = folds == "1"
    turned = known.where(~held, 1 - known)
    after = final_scores(table, turned, "youden", method)
    probability, other = (made["cases"]["probability"].to_numpy() for made in (before, after))
    np.testing.assert_allclose(probability[held], other[held])
    if method in ("platt", "isotonic"):
        assert abs(probability.mean() - known.mean()) < 0.05
        assert not np.allclose(probability[~held], other[~held])


def test_distances_are_no_probabilities_without_a_calibration():
    predictions = pd.DataFrame({"model": ["svm", "rf"], "kind": ["score", "probability"]})
    assert calibration_of("none", "forest", ["rf"], predictions) == "none"
    assert calibration_of("none", "both", ["rf", "svm"], predictions) == "none_of_log_odds"
    assert calibration_of("isotonic", "machine", ["svm"], predictions) == "isotonic"
    with pytest.raises(StudyError, match="machine is made of svm alone"):
        calibration_of("none", "machine", ["svm"], predictions)


def test_a_training_score_never_depends_on_its_own_label():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    before = cross_fitted(rows, labels, folds, fit_stack, apply_stack)
    held = folds == 1
    changed = cross_fitted(rows, labels.where(~held, 1 - labels), folds, fit_stack, apply_stack)
    assert np.allclose(before[held], changed[held])
    assert not np.allclose(before[~held], changed[~held])


def test_unknown_labels_are_scored_and_not_fitted_on():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    labels[0] = np.nan
    values = cross_fitted(rows, labels, folds, fit_stack, apply_stack)
    assert np.isfinite(values).all()


@pytest.mark.parametrize(("how", "value"), [("mean", 0.5), ("max", 0.8)])
def test_images_are_pooled_to_their_case(how, value):
    images = pd.DataFrame(
        {"patient": "P1", "case": "P1", "image": ["a", "b"], "split": "train", "fold": "0", "value": [0.2, 0.8]}
    )
    assert pool(images, how)["value"].tolist() == [value]


def test_cases_without_every_base_score_are_left_out():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "value": 0.5}
    predictions = pd.DataFrame([{**about, "case": case, "model": model} for case, model in ("1a", "1b", "2a")])
    assert base_scores(predictions, ["a", "b"], "mean").index.get_level_values("case").tolist() == ["1"]


@pytest.mark.parametrize("method", ["platt", "none_of_log_odds"])
def test_the_nomogram_of_a_stack_gives_its_probabilities(method):
    rows, labels = scores(90)
    stack = fit_stack(rows, labels)
    calibrator = fit_calibrator(apply_stack(stack, rows), labels.to_numpy(), method)
    table = points(stack, calibrator, rows).set_index(["axis", "label"])["points"]
    case = pd.DataFrame({"good": [1.0], "noise": [-1.0]})
    total = table["good", "1"] + table["noise", "-1"]
    scale = table["Probability"]
    shown = scale.index.astype(float)
    expected = apply_calibrator(calibrator, apply_stack(stack, case))[0]
    assert np.interp(total, scale, np.log(shown / (1 - shown))) == pytest.approx(np.log(expected / (1 - expected)))


def test_steps_have_no_nomogram():
    rows, labels = scores(90)
    calibrator = fit_calibrator(rows["good"].to_numpy(), labels.to_numpy(), "isotonic")
    assert points(fit_stack(rows[["good"]], labels), calibrator, rows[["good"]]).empty


@pytest.mark.parametrize("method", ["platt", "isotonic", "none_of_log_odds"])
def test_separable_scores_give_probabilities_inside_zero_and_one(method):
    labels = pd.Series(np.arange(40) % 2.0)
    rows = pd.DataFrame({"perfect": labels, "other": np.linspace(0, 1, 40)})
    state = fit_stack(rows, labels)
    combined = apply_stack(state, rows)
    probability = apply_calibrator(fit_calibrator(combined, labels.to_numpy(), method), combined)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert probability[labels == 1].min() > probability[labels == 0].max()
