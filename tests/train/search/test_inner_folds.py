"""A search by trials sees the training rows of its fold alone, for every kind of task."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sonomics.core.errors import StudyError
from sonomics.core.registry import load
from sonomics.kinds.tasks import TASKS
from sonomics.train.search import inner_folds
from sonomics.train.search.inner_folds import TrainingRows, divide_groups, judge_values, search_values
from tests.train.rows import STATED, data, model_of, people

SEARCH = {"method": "tpe", "folds": 3, "trials": 4, "space": {"cost": {"low": 0.01, "high": 10, "log": True}}}
LOGISTIC = {**STATED["logistic"], "search": SEARCH}
COX = {
    "kind": "cox", "families": ["t"], "folds": 3,
    "search": {"method": "random", "folds": 2, "trials": 2, "space": {"mixing": {"low": 0.1, "high": 1}}},
}  # fmt: skip
TREES = {
    "kind": "survival_forest", "families": ["t"], "trees": 5,
    "search": {"method": "random", "folds": 2, "trials": 2, "space": {"leaf": {"low": 3, "high": 9}}},
}  # fmt: skip
STATED_TASKS = {
    "binary": {"type": "binary", "column": "cancer", "positive": 1},
    "classes": {"type": "classes", "column": "grade", "classes": ["low", "middle", "high"]},
    "survival": {"type": "survival", "time": "months", "event": "died", "horizons": [12]},
}


def task_of(kind):
    return TASKS.get(kind).settings.model_validate(STATED_TASKS[kind])


def rows_of(kind, n=36):
    values, labels = data(n)
    outcomes = {
        "binary": labels,
        "classes": np.arange(n) % 3.0,
        "survival": np.column_stack([30 - 5 * values[:, 0] + np.arange(n) % 5, np.arange(n) % 4 > 0]),
    }
    return TrainingRows(values, outcomes[kind], people(values))


def search(kind, stated, rows=None):
    learner = load(TASKS.get(kind).learner)
    return search_values(model_of(stated), task_of(kind), learner, rows or rows_of(kind), 1, [1, "m", "t", "0"])


@pytest.mark.parametrize(
    ("kind", "stated", "measure"),
    [
        ("binary", LOGISTIC, "auc"),
        ("classes", LOGISTIC, "auc"),
        ("classes", {**LOGISTIC, "search": {**SEARCH, "measure": "log_loss"}}, "log_loss"),
        ("survival", COX, "c_index"),
        ("survival", TREES, "c_index"),
    ],
)
def test_every_kind_of_task_is_searched(inside, kind, stated, measure):
    settings, trials = search(kind, stated)
    assert settings.search is None
    key = next(iter(stated["search"]["space"]))
    assert str(getattr(settings, key)) == trials.loc[trials["chosen"], "value"].item()
    assert set(trials["measure"]) == {measure}
    assert (trials["state"] == "complete").all()
    best = trials["mean"].min() if measure == "log_loss" else trials["mean"].max()
    assert trials.loc[trials["chosen"], "mean"].item() == pytest.approx(best)


@pytest.mark.parametrize(("stated", "key"), [(COX, "mixing"), (TREES, "leaf")])
def test_a_grid_of_a_model_of_survival_is_refused(stated, key):
    with pytest.raises(ValidationError, match="searched by trials, not by a grid"):
        model_of({**stated, "search": {"folds": 3, "values": {key: [0.5] if key == "mixing" else [5]}}})


def test_a_search_again_reads_its_journal_and_another_of_other_rows_does_not(inside):
    first = search("binary", LOGISTIC)
    assert len(list(inner_folds.JOURNALS.iterdir())) == 1
    assert search("binary", LOGISTIC)[1].equals(first[1])
    rows = rows_of("binary")
    search("binary", LOGISTIC, rows._replace(features=rows.features + 1))
    assert len(list(inner_folds.JOURNALS.iterdir())) == 2
    search("binary", {**LOGISTIC, "class_weight": "none"})
    assert len(list(inner_folds.JOURNALS.iterdir())) == 3


def test_log_loss_is_that_of_the_probabilities():
    rows, task, learner = rows_of("binary"), task_of("binary"), load(TASKS.get("binary").learner)
    fold_of = np.arange(36) // 12
    settings = model_of(STATED["logistic"])
    judged = judge_values(settings, task, learner, rows, fold_of, "log_loss", 1)
    losses = []
    for fold in range(3):
        fitted = fold_of != fold
        model = learner.fit(settings, rows.features[fitted], rows.outcomes[fitted], rows.groups[fitted], 1)
        p = model.predict_proba(rows.features[~fitted])[:, 1]
        y = rows.outcomes[~fitted]
        losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    assert judged.mean == pytest.approx(np.mean(losses))
    assert judged.sd == pytest.approx(np.std(losses, ddof=1))


def test_a_class_of_one_patient_stops_the_search(inside):
    values, labels = data(12)
    groups = np.array(["A" if label else f"P{number}" for number, label in enumerate(labels)])
    with pytest.raises(StudyError, match="under two patients"):
        search("binary", LOGISTIC, TrainingRows(values, labels, groups))


def test_a_search_whose_trials_all_fail_stops(inside):
    rows = rows_of("binary")
    with pytest.raises(StudyError, match="none of 4 trials could be judged"):
        search("binary", LOGISTIC, rows._replace(features=rows.features * np.nan))


@given(st.lists(st.tuples(st.integers(0, 11), st.booleans()), min_size=4, max_size=40), st.integers(2, 5))
def test_a_group_stays_in_one_inner_fold_and_every_fold_has_every_class(rows, count):
    groups = np.array([f"G{number}" for number, _ in rows])
    label = {f"G{number}": float(positive) for number, positive in rows}
    labels = np.array([label[group] for group in groups])
    fold_of = divide_groups(groups, labels, count, 1)
    fewest = min(len(set(groups[labels == code])) for code in (0.0, 1.0))
    if fewest < 2:
        assert fold_of is None
        return
    for group in set(groups):
        assert len(set(fold_of[groups == group])) == 1
    for fold in range(min(count, fewest)):
        assert set(labels[fold_of == fold]) == {0.0, 1.0}
