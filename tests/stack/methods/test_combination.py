import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from sonomics.core.errors import StudyError
from sonomics.core.folds import cross_fit
from sonomics.stack.methods.calibration import METHODS, apply_calibrator, fit_calibrator
from sonomics.stack.methods.combination import apply_stack, fit_stack
from sonomics.stack.methods.pooling import pool
from sonomics.stack.scores import base_scores, check_calibration, final_scores, points, probability_marks


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


def test_scores_that_are_no_log_odds_need_a_calibration():
    predictions = pd.DataFrame({"model": ["svm", "rf"], "kind": ["score", "probability"]})
    check_calibration("none", "forest", {"of": ["rf"]}, predictions)
    check_calibration("none", "both", {"of": ["rf", "svm"]}, predictions)
    check_calibration("isotonic", "machine", {"of": ["svm"]}, predictions)
    with pytest.raises(StudyError, match="machine is made of svm alone"):
        check_calibration("none", "machine", {"of": ["svm"]}, predictions)
    with pytest.raises(StudyError, match="both is a mean"):
        check_calibration("none", "both", {"of": ["rf", "svm"], "weights": "equal"}, predictions)


def test_equal_weights_make_the_mean_of_z_scores():
    rows, labels = scores()
    state = fit_stack(rows, labels, "equal")
    np.testing.assert_allclose(apply_stack(state, rows), ((rows - rows.mean()) / rows.std(ddof=0)).mean(axis=1))


def test_equal_weights_are_cross_fitted_too():
    rows, labels = scores()
    index = [[f"P{n}" for n in range(60)]] * 2 + [["train"] * 60, (np.arange(60) // 2 % 3).astype(str)]
    table = rows.set_axis(pd.MultiIndex.from_arrays(index, names=["patient", "case", "split", "fold"]))
    made = final_scores(table, labels.set_axis(index[0]), "youden", weights="equal")
    held = np.array(index[3]) == "1"
    others = rows[~held]
    expected = ((rows[held] - others.mean()) / others.std(ddof=0)).mean(axis=1)
    np.testing.assert_allclose(made["cases"]["score"][held], expected)
    assert made["stack"]["weight"] == [0.5, 0.5]


def test_probabilities_are_stacked_as_log_odds_and_scores_as_they_are():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "case": "1"}
    rows = [("rf", "probability", 0.8), ("sure", "probability", 1.0), ("svm", "score", 0.8)]
    predictions = pd.DataFrame([{**about, "model": name, "kind": kind, "value": value} for name, kind, value in rows])
    found = base_scores(predictions, ["rf", "sure", "svm"], "mean").iloc[0]
    assert found["rf"] == pytest.approx(np.log(4))
    assert found["sure"] == pytest.approx(np.log(999))
    assert found["svm"] == 0.8


def test_the_share_of_positives_of_one_fold_is_no_distance():
    about = {"patient": "P", "image": "", "split": "train", "model": "svm"}
    rows = [("0", "a", "score", 0.2), ("1", "b", "probability", 0.2), ("2", "c", "score", -3.0)]
    predictions = pd.DataFrame(
        [{**about, "fold": fold, "case": case, "kind": kind, "value": value} for fold, case, kind, value in rows]
    )
    found = base_scores(predictions, ["svm"], "mean")["svm"].to_numpy()
    np.testing.assert_allclose(found, [0.2, np.log(0.25), -3.0])


def test_an_uncalibrated_probability_is_the_base_models_own():
    state = fit_calibrator(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "none")
    assert apply_calibrator(state, np.log([0.25 / 0.75, 4.0])) == pytest.approx([0.25, 0.8])


def test_a_training_score_never_depends_on_its_own_label():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    before = cross_fit(rows, labels, folds, fit_stack, apply_stack)
    held = folds == 1
    changed = cross_fit(rows, labels.where(~held, 1 - labels), folds, fit_stack, apply_stack)
    assert np.allclose(before[held], changed[held])
    assert not np.allclose(before[~held], changed[~held])


def test_unknown_labels_are_scored_and_not_fitted_on():
    rows, labels = scores()
    folds = pd.Series(np.arange(60) // 2 % 3)
    labels[0] = np.nan
    values = cross_fit(rows, labels, folds, fit_stack, apply_stack)
    assert np.isfinite(values).all()


@pytest.mark.parametrize(("how", "value"), [("mean", 0.5), ("max", 0.8)])
def test_images_are_pooled_to_their_case(how, value):
    images = pd.DataFrame(
        {"patient": "P1", "case": "P1", "image": ["a", "b"], "split": "train", "fold": "0", "value": [0.2, 0.8]}
    )
    assert pool(images, how)["value"].tolist() == [value]


def test_cases_without_every_base_score_are_left_out():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "kind": "score", "value": 0.5}
    predictions = pd.DataFrame([{**about, "case": case, "model": model} for case, model in ("1a", "1b", "2a")])
    assert base_scores(predictions, ["a", "b"], "mean").index.get_level_values("case").tolist() == ["1"]


@pytest.mark.parametrize("method", ["platt", "none"])
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


@pytest.mark.parametrize("method", ["platt", "isotonic", "none"])
def test_separable_scores_give_probabilities_inside_zero_and_one(method):
    labels = pd.Series(np.arange(40) % 2.0)
    rows = pd.DataFrame({"perfect": labels, "other": np.linspace(0, 1, 40)})
    state = fit_stack(rows, labels)
    combined = apply_stack(state, rows)
    probability = apply_calibrator(fit_calibrator(combined, labels.to_numpy(), method), combined)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert probability[labels == 1].min() > probability[labels == 0].max()


def test_the_nomogram_names_probabilities_by_themselves():
    labels = [label for label, _ in probability_marks(np.log(0.15 / 0.85), np.log(0.6 / 0.4))]
    assert labels == ["0.1", "0.2", "0.3", "0.5", "0.7"]
    rows, truth = scores(90)
    stack = fit_stack(rows, truth)
    calibrator = fit_calibrator(apply_stack(stack, rows), truth.to_numpy())
    named = points(stack, calibrator, rows, ["good"])
    assert "0.5" in named.loc[named["axis"] == "good", "label"].tolist()
    assert "0.5" not in named.loc[named["axis"] == "noise", "label"].tolist()
