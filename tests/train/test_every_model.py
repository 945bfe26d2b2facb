"""Every model on features and every kind of task that it serves: what holds for all of them, and bad input."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.registry import load
from sonomics.core.schemas import FOLDS, PREDICTIONS, SELECTED
from sonomics.core.settings.tasks import ClassesTask, SurvivalTask
from sonomics.core.tables import read_table, write_table
from sonomics.kinds.models import MODELS
from sonomics.kinds.tasks import TASKS
from sonomics.train.classifier import main
from sonomics.train.classifiers.learner import Learner, Predicted
from tests.train.rows import STATED, model_of, people

MODELS_STATED = {
    **{stated["kind"]: stated for stated in STATED.values()},
    "cox": {"kind": "cox", "families": ["t"], "folds": 3},
    "survival_forest": {"kind": "survival_forest", "families": ["t"], "trees": 10, "leaf": 4},
}
TASKS_STATED = {
    "binary": {"type": "binary", "column": "grade", "positive": 1},
    "classes": {"type": "classes", "column": "grade", "classes": [0, 1, 2], "ordered": True},
    "survival": {"type": "survival", "time": "months", "event": "died", "horizons": [6, 12]},
}
PAIRS = [(model, kind) for model in MODELS_STATED for kind in TASKS_STATED if kind in MODELS.get(model).serves]
OF_CLASSES = [model for model, kind in PAIRS if kind == "classes"]
OF_SURVIVAL = [model for model, kind in PAIRS if kind == "survival"]
ROWS, TRAINING = 48, 36


def test_every_kind_of_model_on_features_and_every_kind_of_task_is_tried():
    on_features = {name for name in MODELS.names() if MODELS.get(name).takes == "features"}
    # A radscore is fitted by the last step of the selection, whose tests hold the same.
    assert {model for model, _ in PAIRS} == on_features - {"radscore"}
    assert {kind for _, kind in PAIRS} == set(TASKS.names())


@pytest.fixture
def selected(inside):
    """Selected features of training cases in two folds and of tests, with outcomes of every kind."""
    random = np.random.default_rng(0)
    cases = [f"P{number:02d}" for number in range(ROWS)]
    grade = np.arange(ROWS) % 3
    about = {"patient": cases, "case": cases}
    cohort = pd.DataFrame({**about, "centre": "a", "split": ["train"] * TRAINING + ["internal"] * (ROWS - TRAINING)})
    months = random.exponential(20 / (1 + grade)) + 0.1
    cohort.assign(grade=grade, months=months.round(2), died=(random.random(ROWS) < 0.8) * 1).to_csv(
        "cohort.csv", index=False
    )
    fold = np.arange(TRAINING) // 6 % 2
    folds = pd.DataFrame({"patient": cases[:TRAINING], "group": cases[:TRAINING], "random": fold})
    write_table(folds, inside / "folds.parquet", FOLDS)
    values = np.column_stack([grade + random.normal(0, 0.5, ROWS), random.normal(size=ROWS)])
    features = pd.DataFrame({**about, "image": "", "t__a": values[:, 0], "t__b": values[:, 1]})
    for kind in TASKS_STATED:
        write_table(features, inside / "t" / kind / "0/features.parquet", SELECTED)
    return inside


def train(model: str, kind: str) -> None:
    task = {"seed": 1, "tasks": {kind: TASKS_STATED[kind]}, "clinical": [], "shuffle_labels": False}
    settings = json.dumps({"study": task, "train": {"models": {model: MODELS_STATED[model]}}})
    names = ["--variant", "main", "--model", model, "--task", kind, "--fold", "0"]
    files = [
        "--cohort",
        "cohort.csv",
        "--folds",
        "folds.parquet",
        "--scheme",
        "random",
        "--selected",
        ".",
        "--out",
        "out",
    ]
    main(["--settings", settings, *names, *files])


@pytest.mark.parametrize(("model", "kind"), PAIRS)
def test_rows_that_are_held_out_change_neither_the_model_nor_one_another(selected, model, kind):
    train(model, kind)
    before, scores = (
        (selected / "out/0/model.skops").read_bytes(),
        read_table(selected / "out/0/predictions.parquet", PREDICTIONS),
    )
    folds = read_table(selected / "folds.parquet", FOLDS).set_index("patient")["random"]
    path = selected / "t" / kind / "0/features.parquet"
    features, cohort = read_table(path, SELECTED), pd.read_csv("cohort.csv")
    held, kept = features["patient"].map(folds) != 1, features["patient"] == "P03"
    features.loc[held & ~kept, ["t__a", "t__b"]] = features.loc[held & ~kept, ["t__a", "t__b"]] * 100 + 7
    write_table(features, path, SELECTED)
    cohort.loc[held, "grade"] = 2 - cohort.loc[held, "grade"]
    cohort.loc[held, ["died", "months"]] = np.column_stack([1 - cohort.loc[held, "died"], np.full(held.sum(), 3.0)])
    cohort.to_csv("cohort.csv", index=False)
    train(model, kind)
    assert (selected / "out/0/model.skops").read_bytes() == before
    after = read_table(selected / "out/0/predictions.parquet", PREDICTIONS)
    assert not after["value"].equals(scores["value"])
    of_kept = [table.loc[table["case"] == "P03", "value"].to_numpy().tobytes() for table in (scores, after)]
    assert of_kept[0] == of_kept[1] != b""


def learn(model: str, kind: str, values: np.ndarray, outcomes: np.ndarray, task: Any) -> list[Predicted]:
    learner: Learner = load(TASKS.get(kind).learner)
    fitted = learner.fit(model_of(MODELS_STATED[model]), values, outcomes, people(values), 1)
    return learner.predict(fitted, values, task)


def classes(codes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    labels = np.array(codes, dtype=float)
    return np.column_stack([labels, np.random.default_rng(0).normal(size=len(labels))]), labels


GRADES = ClassesTask.partial(TASKS_STATED["classes"])


@pytest.mark.parametrize("model", OF_CLASSES)
@pytest.mark.parametrize(
    "codes", [[0, 1, 2] * 8, [0, 2] * 12, [0, 1] * 12 + [2]], ids=["separable", "without one", "one patient alone"]
)
def test_separable_missing_and_lonely_classes_have_finite_values(model, codes):
    values, labels = classes(codes)
    found = learn(model, "classes", values, labels, GRADES)
    table = np.column_stack([column[-1] for column in found])
    assert [column.class_name for column in found] == ["0", "1", "2"]
    assert np.isfinite(table).all()
    if found[0].kind == "probability":
        assert table.sum(axis=1) == pytest.approx(np.ones(len(codes)))
        assert table[:, sorted({0, 1, 2} - set(codes))].tolist() == [[0.0] * (3 - len(set(codes)))] * len(codes)
    likeliest = np.isin(labels, [0, 2] if 1 not in codes else [0, 1])
    assert (table.argmax(axis=1) == labels)[likeliest].mean() > 0.8


@pytest.mark.parametrize("model", OF_CLASSES)
def test_rows_of_one_class_alone_give_that_class(model):
    values, labels = classes([1] * 9)
    table = np.column_stack([column[-1] for column in learn(model, "classes", values, labels, GRADES)])
    assert table.tolist() == [[0.0, 1.0, 0.0]] * 9


def followed(time: np.ndarray, event: np.ndarray, horizons: list[float], model: str) -> list[np.ndarray]:
    values = np.column_stack([-time, np.random.default_rng(0).normal(size=len(time))])
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    task = SurvivalTask.partial({**TASKS_STATED["survival"], "horizons": horizons})
    found = learn(model, "survival", values, np.column_stack([time, event]).astype(float), task)
    return [column[-1] for column in found]


@pytest.mark.parametrize("model", OF_SURVIVAL)
def test_a_fold_without_an_event_has_one_risk_and_nobody_had_the_event_until_the_last_follow_up(model):
    risk, known, beyond = followed(np.arange(20.0), np.zeros(20), [6, 30], model)
    assert np.ptp(risk) == 0
    assert known.tolist() == [0.0] * 20
    assert np.isnan(beyond).all()


@pytest.mark.parametrize("model", OF_SURVIVAL)
def test_after_the_last_event_the_probability_stays_and_beyond_the_follow_up_it_is_unknown(model):
    time, event = np.arange(40.0), np.arange(40) % 2 * (np.arange(40) < 30)
    risk, at_last_event, later, beyond = followed(time, event, [29, 39, 39.5], model)
    assert np.isfinite(risk).all()
    assert np.isfinite(at_last_event).all()
    assert at_last_event.tolist() == later.tolist()
    assert np.isnan(beyond).all()


@pytest.mark.parametrize("model", OF_SURVIVAL)
def test_events_at_time_0_count_and_a_perfect_order_has_finite_risks(model):
    time = np.concatenate([np.zeros(6), np.arange(1, 31)])
    risk, at_start, later = followed(time, np.ones(36), [0.5, 12], model)
    assert np.isfinite(risk).all()
    assert (at_start > 0).any()
    assert (later >= at_start).all()
    assert risk[:6].mean() > risk[-6:].mean()
