import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study
from sonomics.select.folds import assign_folds, check_classes, training_patients

STUDY = Study.partial({"tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": "yes"}}})


def patients(labels: list[str]) -> pd.DataFrame:
    names = [f"P{i:03d}" for i in range(len(labels))]
    return pd.DataFrame({"patient": names, "group": names, "stratum": labels, "fold": float("nan")})


@settings(deadline=None)
@given(st.lists(st.sampled_from(["positive", "negative", "unknown"]), min_size=12, max_size=60), st.integers(2, 5))
def test_folds_have_about_the_same_size_and_the_same_mix(labels, count):
    folds = assign_folds(patients(labels), count, seed=1)
    sizes = folds["fold"].value_counts().reindex(range(count), fill_value=0)
    assert sizes.max() - sizes.min() <= 1
    mix = pd.crosstab(pd.Series(labels), folds["fold"]).reindex(columns=range(count), fill_value=0)
    assert (mix.max(axis=1) - mix.min(axis=1)).max() <= 1


def test_order_of_rows_does_not_matter():
    table = patients(["positive", "negative"] * 10)
    one = assign_folds(table, 3, seed=1).set_index("patient")["fold"]
    other = assign_folds(table.iloc[::-1], 3, seed=1).set_index("patient")["fold"]
    pd.testing.assert_series_equal(one.sort_index(), other.sort_index())


def test_a_group_stays_together():
    table = patients(["positive", "negative"] * 10)
    table["group"] = [f"G{i // 4}" for i in range(20)]
    folds = assign_folds(table, 3, seed=1)
    assert (folds.groupby("group")["fold"].nunique() == 1).all()


def test_a_prescribed_fold_wins():
    table = patients(["positive", "negative"] * 6)
    table.loc[:2, "fold"] = [2.0, 0.0, 1.0]
    assert assign_folds(table, 3, seed=1)["fold"].tolist()[:3] == [2, 0, 1]


@pytest.mark.parametrize("fold", [3.0, -1.0, 0.5])
def test_a_fold_out_of_range_is_stopped(fold):
    table = patients(["positive", "negative"] * 6)
    table.loc[0, "fold"] = fold
    with pytest.raises(StudyError, match="a group of 1 patients has 1 folds"):
        assign_folds(table, 3, seed=1)


def test_a_fold_that_holds_a_class_alone_stops_the_study():
    names = [f"P{i}" for i in range(6)]
    cohort = pd.DataFrame({"patient": names, "case": names, "split": "train", "cancer": ["yes", "yes", *4 * ["no"]]})
    check_classes(cohort, pd.DataFrame({"patient": names, "fold": [0, 1, 0, 0, 1, 1]}), STUDY)
    with pytest.raises(StudyError, match=r"without fold 1 .* one class for the task cancer"):
        check_classes(cohort, pd.DataFrame({"patient": names, "fold": [1, 1, 0, 0, 1, 1]}), STUDY)


def test_near_duplicates_and_the_cohorts_groups_connect_patients():
    cohort = pd.DataFrame(
        {
            "patient": ["P1", "P2", "P3", "P4"],
            "case": ["P1", "P2", "P3", "P4"],
            "split": ["train", "train", "train", "internal"],
            "cancer": ["yes", "no", None, None],
            "group": [None, "family", "family", None],
        }
    )
    images = pd.DataFrame({"patient": ["P1", "P2", "P3", "P4"], "duplicate_group": ["P1", "P1", "P3", "P4"]})
    table = training_patients(cohort, images, STUDY).set_index("patient")
    assert table["group"].tolist() == ["P1", "P1", "P1"]
    assert table["stratum"].tolist() == ["positive", "negative", "unknown"]


def test_the_first_task_stratifies_the_folds():
    cohort = pd.DataFrame(
        {"patient": list("abcd"), "case": list("abcd"), "split": "train", "cancer": ["yes", "no", "yes", "no"],
         "grade": ["1", "1", "2", None], "time": [0.0, 3.0, 5.0, 7.0], "event": [1.0, 1.0, 0.0, 0.0]}
    )  # fmt: skip
    images = pd.DataFrame({"patient": [], "duplicate_group": []})
    tasks = {
        "cancer": {"type": "binary", "column": "cancer", "positive": "yes"},
        "grade": {"type": "classes", "column": "grade", "classes": [1, 2]},
        "pfs": {"type": "survival", "horizons": [6]},
    }
    strata = {
        "cancer": ["positive", "negative", "positive", "negative"],
        "grade": ["class 000", "class 000", "class 001", "unknown"],
        "pfs": ["positive", "positive", "negative", "negative"],
    }
    for first, expected in strata.items():
        ordered = {first: tasks[first], **tasks}
        found = training_patients(cohort, images, Study.partial({"tasks": ordered}))
        assert found["stratum"].tolist() == expected
