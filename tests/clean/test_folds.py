import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.clean.folds import assign_folds, check_scored, divide_patients, training_patients
from sonomics.core.errors import StudyError
from sonomics.core.fold_schemes import check_classes
from sonomics.core.settings.select import Scheme
from sonomics.core.settings.study import Study

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
    check_classes(cohort, pd.Series(list("010011"), index=names), STUDY, "random")
    with pytest.raises(StudyError, match=r"without fold 1 of by_centre .* one class for the task cancer"):
        check_classes(cohort, pd.Series(list("110011"), index=names), STUDY, "by_centre")


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


BY_CENTRE = Scheme.partial({"column": "centre"})
DEALT = Scheme.partial({"column": "centre", "number": 2})


def divide(scheme: Scheme, table: pd.DataFrame, centres: list[str]) -> pd.Series:
    values = {"centre": pd.Series(centres, index=table["patient"].to_numpy())}
    folds = divide_patients(table, {"random": Scheme.partial({"number": 2}), "s": scheme}, values, seed=1)
    return folds.set_index("patient")["s"]


def test_every_scheme_has_a_column_and_random_folds_are_those_of_a_study_without_others():
    table = patients(["positive", "negative"] * 6)
    alone = divide_patients(table, {"random": Scheme.partial({"number": 2})}, {}, seed=1)
    centres = {"centre": pd.Series([*"abc"] * 4, index=table["patient"].to_numpy())}
    both = divide_patients(table, {"random": Scheme.partial({"number": 2}), "by_centre": BY_CENTRE}, centres, seed=1)
    assert list(both) == ["patient", "group", "random", "by_centre"]
    pd.testing.assert_frame_equal(both.drop(columns="by_centre"), alone)
    assert both["by_centre"].tolist() == [0, 1, 2] * 4


def test_prescribed_folds_are_those_of_the_first_scheme_without_a_column():
    table = patients(["positive", "negative"] * 6)
    table["fold"] = [2.0, 1.0, 0.0] * 4
    schemes = {"by_centre": BY_CENTRE, "three": Scheme.partial({"number": 3}), "two": Scheme.partial({"number": 2})}
    values = {"centre": pd.Series([*"abc"] * 4, index=table["patient"].to_numpy())}
    folds = divide_patients(table, schemes, values, seed=1)
    assert folds["three"].tolist() == [2, 1, 0] * 4
    assert sorted(folds["two"].unique()) == [0, 1]


def test_near_duplicates_across_centres_stop_folds_that_leave_each_out_and_are_kept_whole_by_others():
    table = patients(["positive", "negative"] * 6)
    table.loc[1, "group"] = "P000"
    centres = [*"abcd"] * 3
    with pytest.raises(StudyError, match=r"select.folds.s: 1 group .* more than one centre\. Fix: take one"):
        divide(BY_CENTRE, table, centres)
    folds = divide(DEALT, table, centres)
    assert folds.groupby(pd.Series(centres, index=folds.index)).nunique().eq(1).all()
    assert folds["P000"] == folds["P001"]


def test_centres_that_near_duplicates_connect_to_one_part_cannot_fill_folds():
    table = patients(["positive", "negative"] * 2)
    table["group"] = "P000"
    with pytest.raises(StudyError, match="connect the values of centre to 1 parts"):
        divide(DEALT, table, [*"abab"])


def test_a_centre_without_a_kept_image_stops_the_study():
    folds = pd.DataFrame({"patient": ["P1", "P2"], "s": [0, 1]})
    images = pd.DataFrame({"patient": ["P1", "P2"], "keep": [True, False]})
    with pytest.raises(StudyError, match=r"no patient of fold 1 of s has an image that was kept.*Fix: "):
        check_scored(folds, images, {"s": BY_CENTRE})
    check_scored(folds, images.assign(keep=False), {"s": BY_CENTRE})  # a study of clinical columns alone


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
