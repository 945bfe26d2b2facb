"""Tasks of several classes, and words in cells."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.cohort_checks import check_cohort, check_labels
from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study
from sonomics.core.settings.tasks import ClassesTask
from sonomics.core.tasks import outcome_of, task_labels

UNKNOWN = ["not applicable"]
BIRADS = {"type": "classes", "column": "birads", "classes": [3, "4a", 5], "ordered": True, "unknown": UNKNOWN}


def study_of(**tasks: dict) -> Study:
    return Study.partial({"seed": 1, "shuffle_labels": False, "clinical": [], "tasks": tasks})


def cohort(words: list[str], split: str = "train", column: str = "birads") -> pd.DataFrame:
    names = [f"P{number}" for number in range(len(words))]
    return pd.DataFrame({"patient": names, "case": names, "centre": "a", "split": split, column: words})


def labels_of(words: list[str], **task: object) -> list[float]:
    return task_labels(cohort(words).mask(lambda table: table == ""), ClassesTask.partial({**BIRADS, **task})).tolist()


def test_a_class_is_its_place_in_the_list_and_unknown_words_are_unknown():
    labels = labels_of(["3", "3.0", "4a", "5", "", "not applicable"])
    np.testing.assert_array_equal(labels, [0, 0, 1, 2, np.nan, np.nan])


def test_several_words_are_a_class_of_their_own_in_any_order():
    task = {"classes": ["oval", "round", "round&oval"], "separator": "&"}
    assert labels_of(["oval&round", "round & oval", "round"], **task) == [2, 2, 1]


def test_of_several_words_the_first_may_count():
    task = {"classes": ["oval", "round"], "separator": "&", "several": "first"}
    assert labels_of(["oval&round", "round & oval"], **task) == [0, 1]


def test_a_column_of_several_words_is_one_binary_task_a_word():
    words = ["spiculated&angular", "angular", "not applicable", "", "spiculated"]
    task = {"type": "binary", "column": "margin", "positive": "spiculated", "separator": "&"}
    study = study_of(spiculated={**task, "unknown": ["not applicable"]})
    table = cohort(words, column="margin").mask(lambda cells: cells == "")
    np.testing.assert_array_equal(task_labels(table, study.tasks["spiculated"]), [1, 0, np.nan, np.nan, 1])


def test_words_of_another_task_stop_the_study_and_are_not_repeated():
    with pytest.raises(StudyError, match=r"not one of the classes of the task birads in 1 row \(2 ") as stopped:
        check_cohort(cohort(["3", "spiculated", "5"]), study_of(birads=BIRADS), "cohort.csv")
    assert "spiculated" not in str(stopped.value)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["3", "3", "5", "5", ""], "no training patient has the class 4a"),
        (["3", "3", "4a", "5", "5"], "one training patient alone has the class 4a"),
        (["", "not applicable"], "no known label for the task birads"),
    ],
)
def test_a_class_that_training_cannot_teach_stops_the_study(words, rule):
    study = study_of(birads=BIRADS)
    table = cohort(words).mask(lambda cells: cells == "")
    with pytest.raises(StudyError, match=rule):
        check_labels(table, study, "cohort.csv")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"classes": ["3", 3.0, 5]}, "two of the classes are the same"),
        ({"unknown": [5]}, "5 is a class and means unknown"),
    ],
)
def test_classes_that_cannot_be_told_apart_stop_the_study(change, rule):
    task = ClassesTask.partial({**BIRADS, **change})
    with pytest.raises(StudyError, match=rule):
        outcome_of(task).check_task("birads", task)


def test_classes_outside_training_are_masked(tmp_path):
    table = pd.concat([cohort(["3", "4a", "5"]), cohort(["3", "5"], "internal").replace(r"^P", "Q", regex=True)])
    table.to_csv(tmp_path / "cohort.csv", index=False)
    masked = read_cohort(tmp_path / "cohort.csv", study_of(birads=BIRADS)).set_index("split")
    assert masked.loc["internal", "birads"].isna().all()
    assert masked.loc["train", "birads"].notna().all()


def test_shuffled_classes_are_dealt_evenly_within_each_fold():
    words = ["3", "4a", "5", "5"] * 12
    table = cohort(words)
    folds = pd.Series([str(number // 24) for number in range(48)], index=table["patient"])
    study = study_of(birads=BIRADS)
    shuffled = study.model_copy(update={"shuffle_labels": True})
    true, dealt = (training_outcomes(table, "birads", one, folds)["label"] for one in (study, shuffled))
    for fold in ("0", "1"):
        members = folds[true.index] == fold
        counts = pd.crosstab(true[members.to_numpy()], dealt[members.to_numpy()]).to_numpy()
        assert counts.sum() == 24
        assert np.abs(counts - np.outer([6, 6, 12], [6, 6, 12]) / 24).max() <= 1
    assert (true != dealt).any()
