"""Labels from columns and from rules."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.settings.tasks import BinaryTask as Task
from sonomics.core.tasks import horizon_of, label_columns, task_labels

NAN = np.nan
COHORT = pd.DataFrame(
    {
        "case": ["A", "B", "C", "D", "E", "F"],
        "time": [3.0, 20.0, 5.0, 12.0, NAN, 3.0],
        "event": [1.0, 1.0, 0.0, 1.0, 1.0, NAN],
        "grade": [3.0, 2.0, NAN, 1.0, 3.0, 4.0],
        "stage": ["T1", "T2", "", "T1", "T3", "T2"],
    }
)
EARLY = [1.0, 0.0, NAN, 0.0, NAN, NAN]


def task(**keys: str) -> Task:
    return Task.model_validate({"type": "binary", **keys})


def labels_of(rule: str) -> list[float]:
    labels = task_labels(COHORT, task(rule=rule))
    assert labels.index.tolist() == COHORT["case"].tolist()
    return labels.tolist()


@pytest.mark.parametrize(
    "rule",
    [
        "time < 12 & event",
        "event & time < 12",
        "  event&time<12.0  ",
        "(time < 12) & (event)",
        "((event & time < 12))",
        "time < 12 & event != 0",
    ],
)
def test_an_event_before_a_horizon_may_be_written_in_any_order(rule):
    assert horizon_of(task(rule=rule)) == 12
    assert set(label_columns(task(rule=rule))) == {"time", "event"}
    np.testing.assert_array_equal(labels_of(rule), EARLY)


@given(
    st.lists(
        st.tuples(st.sampled_from([NAN, 0.0, 6.0, 11.9, 12.0, 30.0]), st.sampled_from([NAN, 0.0, 1.0])), min_size=1
    )
)
def test_a_case_is_unknown_where_it_was_censored_before_the_horizon(followed):
    table = pd.DataFrame(followed, columns=["time", "event"])
    table["case"] = [f"C{number}" for number in range(len(table))]
    for (time, event), label in zip(followed, task_labels(table, task(rule="event & time < 12")).tolist(), strict=True):
        if time >= 12:
            assert label == 0
        elif time < 12 and event == 1:
            assert label == 1
        else:
            assert np.isnan(label)


@pytest.mark.parametrize(
    ("rule", "columns", "labels"),
    [
        ("grade >= 3", ("grade",), [1, 0, NAN, 0, 1, 1]),
        ("grade >= 3 | stage == T2", ("grade", "stage"), [1, 1, NAN, 0, 1, 1]),
        ("!(stage == T1)", ("stage",), [0, 1, NAN, 0, 1, 1]),
        ("event", ("event",), [1, 1, 0, 1, 1, NAN]),
    ],
)
def test_a_rule_on_other_columns_gives_a_label_where_it_can_be_told(rule, columns, labels):
    assert np.isnan(horizon_of(task(rule=rule)))
    assert label_columns(task(rule=rule)) == columns
    np.testing.assert_array_equal(labels_of(rule), labels)


@pytest.mark.parametrize(
    "rule",
    [
        "time > 3",
        "time < 12",
        "time < 12 | event",
        "time <= 12 & event",
        "time < 12 & !event",
        "time < 12 & event & grade >= 3",
        "time < 12 & event == 1",
        "!(time < 12 & event)",
    ],
)
def test_another_rule_on_time_is_refused(rule):
    with pytest.raises(
        StudyError, match=r"not understood: a rule on time means an event before a horizon.*time < 12 & event"
    ):
        horizon_of(task(rule=rule))


@pytest.mark.parametrize("rule", ["", "time <", "time < old & event", "grade => 3"])
def test_what_the_language_does_not_know_is_refused(rule):
    with pytest.raises(StudyError, match="not understood"):
        label_columns(task(rule=rule))


def test_a_task_on_a_column_has_no_horizon():
    assert np.isnan(horizon_of(task(column="stage", positive="T2")))
    assert task_labels(COHORT, task(column="stage", positive="T2")).tolist()[:2] == [0.0, 1.0]
