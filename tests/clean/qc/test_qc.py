"""Limits of heads, reports on held-out images, verdicts, agreement."""

import math

import numpy as np
import pandas as pd
import pytest

from sonomics.clean.judge import judge
from sonomics.clean.qc.agreement import measure_agreement
from sonomics.clean.qc.case_facts import list_cases_with
from sonomics.clean.qc.classifier import apply, assign_folds, cross_validate, fit_state, shrink_to_squares
from sonomics.clean.qc.held_out import report_head
from sonomics.clean.qc.thresholds import Limit, call_images, set_limit
from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.settings.clean import Head, Network

NETWORK = Network.partial(
    {"architecture": "test_resnet", "weights": "none", "size": 32, "epochs": 1, "batch": 8, "learning_rate": 0.01}
)
TRUTH = np.array([1.0] * 10 + [0.0] * 10 + [np.nan])
SCORE = np.concatenate([np.linspace(0.05, 0.95, 10), np.linspace(0.0, 0.45, 10), [0.9]])
FOLDS = np.arange(21) % 3
ANSWERS = pd.Series(["yes"] * 10 + ["no"] * 10 + ["undeterminable"])
PATIENTS = np.array([f"P{number % 7}" for number in range(21)])


def test_a_limit_is_what_is_stated() -> None:
    assert set_limit(Head.partial({"exclude_below": 0.3}), TRUTH, SCORE, "here") == (0.3, "below")
    assert set_limit(Head.partial({"exclude_above": 0.7}), TRUTH, SCORE, "here") == (0.7, "above")
    assert set_limit(Head.partial({}), TRUTH, SCORE, "here") == (0.5, "")


def test_a_threshold_is_tuned_to_a_sensitivity() -> None:
    limit = set_limit(Head.partial({"sensitivity": 0.9}), TRUTH, SCORE, "here")
    assert limit == (pytest.approx(0.15), "below")
    assert (SCORE[:10] >= limit.threshold).mean() == 0.9
    assert set_limit(Head.partial({"sensitivity": 0.5, "exclude": "above"}), TRUTH, SCORE, "here") == (
        pytest.approx(0.55),
        "above",
    )
    with pytest.raises(StudyError, match=r"here: no held-out image of one of the answers"):
        set_limit(Head.partial({"sensitivity": 0.9}), TRUTH[:10], SCORE[:10], "here")


def test_no_image_has_a_say_in_its_own_threshold() -> None:
    rule = Head.partial({"sensitivity": 1.0})
    called = call_images(rule, set_limit(rule, TRUTH, SCORE, "here"), TRUTH, SCORE, FOLDS)
    # The lowest positive lies in fold 0, whose threshold the other folds set: it is missed there.
    assert called[0] == 0
    assert called[1:10].tolist() == [1.0] * 9
    fixed = call_images(Head.partial({"exclude_below": 0.5}), Limit(0.5, "below"), TRUTH, SCORE, FOLDS)
    np.testing.assert_array_equal(fixed, SCORE >= 0.5)


def test_a_head_is_reported_with_counts_and_intervals() -> None:
    called = (SCORE >= 0.5).astype(float)
    report = report_head(ANSWERS, TRUTH, SCORE, called, PATIENTS, seed=1)
    counts = [report[name] for name in ("yes", "no", "unclear", "unlabelled", "held_out", "held_out_positive")]
    assert counts == [10, 10, 1, 0, 20, 10]
    wins = sum((one > other) + 0.5 * (one == other) for one in SCORE[:10] for other in SCORE[10:20])
    assert report["auc"]["estimate"] == pytest.approx(wins / 100, abs=1e-12)
    assert report["auc"]["lower"] < wins / 100 < report["auc"]["upper"]
    assert report["sensitivity"]["estimate"] == 0.5
    # Clopper-Pearson of 5 of 10, from tables.
    assert (report["sensitivity"]["lower"], report["sensitivity"]["upper"]) == pytest.approx((0.1871, 0.8129), abs=1e-4)
    assert report["specificity"]["estimate"] == 1.0


def test_too_few_images_are_no_number() -> None:
    few = np.r_[0:4, 10:20]
    report = report_head(ANSWERS[few], TRUTH[few], SCORE[few], np.ones(14), PATIENTS[few], seed=1)
    for measure in ("auc", "sensitivity"):
        assert math.isnan(report[measure]["estimate"])
        assert report[measure]["reason"] == "too few"
    assert report["specificity"]["estimate"] == 0.0


IMAGES = pd.DataFrame(
    {
        "case": ["A", "A", "B", "B"],
        "image": ["A-1", "A-2", "B-1", "B-2"],
        "keep": [True, True, True, False],
        "reason": ["", "", "", "unreadable"],
    }
)
SEEN = pd.DataFrame(
    {"target": [0.9, 0.3, 0.8], "lesion": [0.1, 0.05, 0.1], "spoilt": [0.2, 0.2, 0.8]}, index=["A-1", "A-2", "B-1"]
)


def verdicts(limits: dict, held_to: dict) -> pd.Series:
    judged = judge(IMAGES, SEEN, limits, held_to).set_index("image")
    assert (judged["keep"] == (judged["reason"] == "")).all()
    return judged["reason"]


def test_each_side_of_a_limit_may_go_and_the_furthest_miss_is_the_reason() -> None:
    limits = {"target": {"threshold": 0.5, "exclude": "below"}, "spoilt": {"threshold": 0.7, "exclude": "above"}}
    assert verdicts(limits, {}).tolist() == ["", "qc_target", "qc_spoilt", "unreadable"]
    limits["lesion"] = {"threshold": 0.3, "exclude": "below"}
    assert verdicts(limits, {}).tolist() == ["qc_lesion", "qc_lesion", "qc_lesion", "unreadable"]
    assert verdicts({"lesion": {"threshold": 0.3, "exclude": ""}}, {}).tolist() == ["", "", "", "unreadable"]


def test_a_control_without_a_lesion_stays() -> None:
    limits = {"lesion": {"threshold": 0.3, "exclude": "below"}}
    assert verdicts(limits, {"lesion": {"A"}}).tolist() == ["qc_lesion", "qc_lesion", "", "unreadable"]


def test_what_a_case_has_is_read_of_training_alone_where_it_is_a_label(tmp_path) -> None:
    path = tmp_path / "cohort.csv"
    rows = ["A,train,1", "B,train,0", "C,internal,1", "D,train,", "E,train,yes", "F,external_1,1.0"]
    path.write_text("\n".join(["case,split,malignant", *rows]) + "\n")
    assert list_cases_with(path, Head.partial({"needs_case": "malignant"})) == {"A", "C", "E", "F"}
    assert list_cases_with(path, Head.partial({"needs_case": "malignant", "training_only": True})) == {"A", "E"}
    with pytest.raises(StudyError, match="the column lesion is missing"):
        list_cases_with(path, Head.partial({"needs_case": "lesion"}))
    path.write_text(path.read_text() + "G,internal,positive\n")
    assert list_cases_with(path, Head.partial({"needs_case": "malignant", "training_only": True})) == {"A", "E"}
    with pytest.raises(StudyError, match=r"malignant is neither yes nor no.* in 1 row .7 below"):
        list_cases_with(path, Head.partial({"needs_case": "malignant"}))


def test_agreement_is_the_mean_of_all_pairs() -> None:
    answers = {"r1": "yyyynnnnuu", "r2": "yyyynnnyuu", "r3": "yyynnnnn  "}
    words = {"y": "yes", "n": "no", "u": "undeterminable", " ": ""}
    rows = [(f"i{n}", reader, words[one]) for reader, given in answers.items() for n, one in enumerate(given)]
    found = measure_agreement(pd.DataFrame(rows, columns=["image", "reader", "target"]), ["target"])["target"]
    assert (found["readers"], found["read_by_several"]) == (3, 10)
    # By hand, r1 and r2: agreement 9/10, by chance 0.4 x 0.5 + 0.4 x 0.3 + 0.2 x 0.2 = 0.36.
    assert found["pairs"]["r1, r2"]["kappa"] == pytest.approx((0.9 - 0.36) / (1 - 0.36))
    assert found["pairs"]["r1, r3"]["images"] == 8
    kappas = [pair["kappa"] for pair in found["pairs"].values()]
    assert found["kappa"] == pytest.approx(np.mean(kappas))


def test_a_single_reader_agrees_with_nobody() -> None:
    alone = pd.DataFrame({"image": ["a", "b"], "reader": ["r1", "r1"], "target": ["yes", "no"]})
    assert math.isnan(measure_agreement(alone, ["target"])["target"]["kappa"])


def test_a_label_may_not_choose_test_images(params: dict) -> None:
    heads = params["clean"]["qc"]["heads"]
    heads["target"] = {"sensitivity": 0.95, "needs_case": "event"}
    with pytest.raises(StudyError, match="event is a label or outcome"):
        check_params(params)
    heads["target"]["training_only"] = True
    check_params(params)
    heads["target"]["needs_case"] = "sim_risk"
    with pytest.raises(StudyError, match="simulated ground truth"):
        check_params(params)


def test_a_label_may_not_choose_frames(params: dict) -> None:
    params["study"]["tasks"]["cancer"] = {"type": "binary", "column": "malignant", "positive": "1"}
    params["clean"]["injection"] = {"from": "table", "column": "malignant"}
    with pytest.raises(StudyError, match=r"clean\.injection\.column: malignant is a label or outcome"):
        check_params(params)
    params["clean"]["injection"]["column"] = "injected_s"
    check_params(params)


@pytest.mark.parametrize(
    "rule",
    [
        {"exclude_below": 0.5, "exclude_above": 0.9},
        {"exclude_below": 0.5, "sensitivity": 0.9},
        {"exclude_below": 0.5, "exclude": "above"},
        {"needs_case": "lesion"},
        {"exclude_below": 0.5, "training_only": True},
        {"sensitivity": 0},
    ],
)
def test_a_contradictory_head_is_refused(params: dict, rule: dict) -> None:
    params["clean"]["qc"]["heads"]["target"] = rule
    with pytest.raises(StudyError, match=r"heads\.target"):
        check_params(params)


@pytest.mark.parametrize("rule", [{}, {"exclude_above": 0.5}, {"sensitivity": 0.95, "exclude": "above"}])
def test_every_kind_of_head_may_be_stated(params: dict, rule: dict) -> None:
    params["clean"]["qc"]["heads"]["target"] = rule
    check_params(params)


def test_the_network_sees_colour_and_learns_each_head_from_its_own_labels() -> None:
    chance = np.random.default_rng(0)
    pictures = [chance.integers(0, 255, (40, 50, 3)).astype(np.uint8) for _ in range(12)]
    inputs = shrink_to_squares(iter(pictures), 32)
    assert inputs.shape == (12, 32, 32, 3)
    grey = shrink_to_squares(
        (np.repeat(picture.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2) for picture in pictures), 32
    )
    targets = pd.DataFrame({"flow": [1.0, 0.0] * 6, "lesion": [1.0, 0.0, np.nan] * 4})
    state = fit_state(inputs, targets, NETWORK, seed=1)
    assert not np.allclose(apply(state, inputs), apply(state, grey))
    assert apply(state, inputs[:0]).columns.tolist() == ["flow", "lesion"]
    in_two = np.concatenate([apply(state, inputs[:5]), apply(state, inputs[5:])])
    np.testing.assert_allclose(in_two, apply(state, inputs), atol=1e-5)


def test_held_out_scores_are_of_patients_left_out_and_of_heads_that_could_be_learnt() -> None:
    inputs = np.random.default_rng(0).integers(0, 255, (12, 32, 32, 3)).astype(np.uint8)
    patients = [f"P{number // 2}" for number in range(12)]
    folds = assign_folds(patients, seed=3)
    assert all(len(set(folds[number : number + 2])) == 1 for number in range(0, 12, 2))
    assert set(folds) == {0, 1, 2}
    only = np.where(folds == 0, [1.0, 0.0] * 6, np.nan)
    scores = cross_validate(inputs, pd.DataFrame({"flow": [1.0, 0.0] * 6, "rare": only}), folds, NETWORK, seed=3)
    assert scores["flow"].notna().all()
    assert scores.loc[folds == 0, "rare"].isna().all()
    assert scores.loc[folds != 0, "rare"].notna().all()
    assert (assign_folds(["P1", "P2"], seed=3) == -1).all()
