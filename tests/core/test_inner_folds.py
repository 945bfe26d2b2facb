"""`sonomics check` foresees inner folds that training patients cannot fill."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.inner_folds import count_left, describe_inner_folds
from sonomics.core.settings.parameters import Parameters

BINARY = {"type": "binary", "column": "cancer", "positive": 1}
SURVIVAL = {"type": "survival", "time": "months", "event": "died", "horizons": [12]}
SVM = {"kind": "svm", "families": ["texture"], "cost": 1.0}


def parameters(task: dict[str, Any], *, folds: int = 4, search: int = 0, steps: tuple[Any, ...] = ()) -> Parameters:
    model = SVM | ({"search": {"folds": search, "values": {"cost": [1.0]}}} if search else {})
    return Parameters.partial(
        {
            "study": {"tasks": {"outcome": task}},
            "select": {"folds": folds, "steps": list(steps)},
            "train": {"models": {"svm": model}},
        }
    )


def cohort(positive: int, negative: int = 20, **columns: Any) -> pd.DataFrame:
    n = positive + negative
    names = [f"P{number}" for number in range(n)]
    labels = [1] * positive + [0] * negative
    table = pd.DataFrame({"patient": names, "case": names, "split": "train", "cancer": labels, "months": 5.0})
    return table.assign(died=labels, **columns)


@pytest.mark.parametrize("task", [BINARY, SURVIVAL], ids=["binary", "survival"])
def test_the_fewest_patients_that_a_fold_leaves_by_hand(task: dict[str, Any]) -> None:
    stated = parameters(task)
    assert count_left(cohort(9), stated.study.tasks["outcome"], stated) == 6
    # All positives but two are in one fold.
    fold = np.r_[[0] * 7, 1, 2, np.arange(20) % 4]
    assert count_left(cohort(9, fold=fold), stated.study.tasks["outcome"], stated) == 2


def test_two_cases_of_a_patient_count_once() -> None:
    stated = parameters(BINARY)
    table = cohort(9)
    table["patient"] = ["P0"] * 5 + [f"P{number}" for number in range(5, 29)]
    assert count_left(table, stated.study.tasks["outcome"], stated) == 3


def test_more_inner_folds_than_patients_are_told_by_their_key() -> None:
    lasso = {"step": "lasso", "folds": 10, "rule": "min"}
    lines = describe_inner_folds(cohort(9), parameters(BINARY, search=5, steps=(lasso,)))
    assert len(lines) == 1
    assert "select.steps, lasso.folds: 10 inner folds are stated for outcome, and a fold may leave 6" in lines[0]
    assert describe_inner_folds(cohort(16), parameters(BINARY, search=5, steps=(lasso,))) == []


def test_a_search_that_no_fold_could_run_stops_before_work() -> None:
    with pytest.raises(StudyError, match=r"train.models.svm.search.folds.* leave 1 training patients"):
        describe_inner_folds(cohort(2), parameters(BINARY, search=3))
