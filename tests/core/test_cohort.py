import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonomics.core.cohort import (
    check_columns,
    chunk_of,
    fingerprint,
    read_cohort,
    read_roster,
    read_unmasked_cohort,
    training_labels,
)
from sonomics.core.cohort_checks import check_cohort, check_folds, check_labels
from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study
from sonomics.core.tasks import task_labels

STATED = {
    "seed": 1,
    "shuffle_labels": False,
    "clinical": ["age"],
    "tasks": {
        "recurrence": {"type": "binary", "rule": "time < 12 & event"},
        "grade": {"type": "binary", "column": "grade", "positive": "high"},
    },
}


def study_of(**changes: object) -> Study:
    return Study.partial({**STATED, **changes})


STUDY = study_of()
FOLDS = pd.Series({"P1": "0", "P2": "1", "P3": "0"})


def cohort() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient": ["P1", "P2", "P3", "P4", "P5"],
            "case": ["P1", "P2", "P3", "P4", "P5"],
            "centre": "a",
            "split": ["train", "train", "train", "internal", "external_1"],
            "age": [50, 60, 70, 80, 90],
            "time": [3.0, 20.0, 5.0, 4.0, 30.0],
            "event": [1, 1, 0, 1, 0],
            "grade": ["high", "low", "", "high", "low"],
            "sim_risk": [1, 2, 3, 4, 5],
            "note": "free text",
        }
    )


@pytest.fixture
def path(tmp_path):
    cohort().to_csv(tmp_path / "cohort.csv", index=False)
    return tmp_path / "cohort.csv"


def test_labels_and_outcomes_outside_training_are_masked(path):
    masked = read_cohort(path, STUDY).set_index("case")
    assert masked.loc[["P4", "P5"], ["time", "event", "grade"]].isna().all(axis=None)
    assert masked.loc["P1", "time"] == 3
    assert masked.loc["P4", "age"] == 80
    assert not {"sim_risk", "note"} & set(masked)


def test_changing_test_labels_changes_nothing_that_is_read(path):
    before = read_cohort(path, STUDY)
    changed = cohort()
    changed.loc[3:, ["time", "event", "grade"]] = [[99.0, 0, "low"], [1.0, 1, "high"]]
    changed.to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_cohort(path, STUDY), before)
    assert read_unmasked_cohort(path, STUDY)["time"].tolist() == [3.0, 20.0, 5.0, 99.0, 1.0]


def test_a_rule_on_time_leaves_the_early_censored_unknown(path):
    labels = training_labels(read_cohort(path, STUDY), "recurrence", STUDY, FOLDS)
    assert labels.to_dict() == {"P1": 1.0, "P2": 0.0}


def test_a_missing_label_is_unknown_not_negative(path):
    labels = training_labels(read_cohort(path, STUDY), "grade", STUDY, FOLDS)
    assert labels.to_dict() == {"P1": 1.0, "P2": 0.0}


@pytest.mark.parametrize("locked", ["0", "?"])
@pytest.mark.parametrize("positive", [1, 1.0, "1"])
@pytest.mark.parametrize("column", ["event", "cancer"])
def test_a_column_of_numbers_may_name_its_positive_value_as_number_or_text(path, column, positive, locked):
    cohort().assign(cancer=["1", "1", "0", locked, "1"]).to_csv(path, index=False)
    study = study_of(tasks={"label": {"type": "binary", "column": column, "positive": positive}})
    found = {"P1": 1.0, "P2": 1.0, "P3": 0.0}
    assert training_labels(read_cohort(path, study), "label", study, FOLDS).to_dict() == found
    assert task_labels(read_unmasked_cohort(path, study), study.tasks["label"])[list(found)].to_dict() == found


def test_what_is_locked_does_not_decide_whether_a_column_holds_numbers(path):
    study = study_of(tasks={"label": {"type": "binary", "column": "cancer", "positive": 1}})
    read = {}
    for locked in ("0", "?"):
        cohort().assign(cancer=["1", "1", "0", locked, "1"]).to_csv(path, index=False)
        read[locked] = read_cohort(path, study)
    pd.testing.assert_frame_equal(read["0"], read["?"])


def test_a_clinical_column_holds_words_when_one_of_training_is_a_word(path):
    cohort().assign(age=["50", "60", "3a", "80", "90"]).to_csv(path, index=False)
    assert read_cohort(path, STUDY)["age"].tolist() == ["50", "60", "3a", "80", "90"]


def test_shuffling_deals_the_same_labels_to_the_same_cases():
    names = [f"P{i}" for i in range(40)]
    many = pd.DataFrame({"patient": names, "case": names, "split": "train", "grade": ["high", "low"] * 20})
    folds = pd.Series(["0", "0", "1", "1"] * 10, index=names)
    study = study_of(tasks={"grade": STATED["tasks"]["grade"]})
    true = training_labels(many, "grade", study, folds)
    dealt = training_labels(many, "grade", study.model_copy(update={"shuffle_labels": True}), folds)
    assert dealt.sum() == true.sum()
    assert list(dealt.index) == list(true.index)
    assert dealt[true == 1].mean() == dealt[true == 0].mean() == 0.5
    assert (dealt.groupby(folds).mean() == true.groupby(folds).mean()).all()


@pytest.mark.parametrize(
    ("change", "where", "rule"),
    [
        (lambda t: pd.concat([t, t.iloc[[0]]]), "column case", "repeats a case listed above in 1 row (6"),
        (
            lambda t: t.assign(split=["train", "train", "train", "test", "internal"]),
            "split",
            "unknown in 1 row (4",
        ),
        (
            lambda t: t.assign(patient=["P1", "P2", "P3", "P1", "P5"]),
            "column split",
            "differs from that of the patient's first case in 1 row (4",
        ),
        (lambda t: t.drop(columns="grade"), "cohort.csv", "column grade is missing"),
        (lambda t: t.iloc[:0], "cohort.csv", "no case"),
        (
            lambda t: t.assign(age=["50", "60", "70", ">80", "90"]),
            "age",
            "and the column holds numbers in 1 row (4",
        ),
        (
            lambda t: t.assign(time=["3", "20 months", "5", "4", "30"]),
            "time",
            "finite number in 1 row (2",
        ),
        (
            lambda t: t.assign(event=["1", "1", "0", "yes", "0"]),
            "event",
            "finite number in 1 row (4",
        ),
        (lambda t: t.assign(centre=["a", None, "a", "a", "a"]), "column centre", "is empty in 1 row (2"),
        (lambda t: t.assign(case=["P-1", "P2", "P3", "P4", "P5"]), "line 2", "not a pseudonym"),
        (lambda t: t.assign(patient=["P1", float("nan"), "P3", "P4", "P5"]), "line 3", "patient is not a pseudonym"),
    ],
)
def test_a_bad_cohort_is_stopped(change, where, rule):
    with pytest.raises(StudyError) as stopped:
        check_cohort(change(cohort()), STUDY, "cohort.csv")
    assert where in stopped.value.where
    assert rule in stopped.value.rule
    assert stopped.value.fix


def test_a_name_in_the_cohort_is_not_repeated():
    with pytest.raises(StudyError) as stopped:
        check_cohort(cohort().assign(patient=["P1", "Müller, Anna", "P3", "P4", "P5"]), STUDY, "cohort.csv")
    assert "Anna" not in str(stopped.value)


def test_a_cohort_of_a_spreadsheet_program_is_read(path):
    plain = read_cohort(path, STUDY)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b",train", b", train ").replace(b"\n", b",,\r\n"))
    pd.testing.assert_frame_equal(read_cohort(path, STUDY), plain)
    path.write_bytes(path.read_bytes().replace(b",", b";"))
    with pytest.raises(StudyError, match="separated by ';'"):
        read_roster(path)


def test_a_missing_cohort_is_stopped(tmp_path):
    with pytest.raises(StudyError, match="needs its cohort"):
        read_cohort(tmp_path / "cohort.csv", STUDY)


def test_an_empty_cohort_file_is_stopped(tmp_path):
    (tmp_path / "cohort.csv").touch()
    with pytest.raises(StudyError, match="no case"):
        read_cohort(tmp_path / "cohort.csv", STUDY)


def test_an_unknown_rule_is_stopped(path):
    study = study_of(tasks={"odd": {"type": "binary", "rule": "time > 3"}})
    with pytest.raises(StudyError, match="not understood"):
        read_cohort(path, study)


@pytest.mark.parametrize("rule", ["event & time < 12", "time < 12 & event"])
def test_the_order_of_a_rule_on_time_does_not_matter(path, rule):
    study = study_of(tasks={"recurrence": {"type": "binary", "rule": rule}})
    assert training_labels(read_cohort(path, study), "recurrence", study, FOLDS).to_dict() == {"P1": 1.0, "P2": 0.0}


def test_every_column_that_a_rule_reads_is_masked_outside_training(path):
    cohort().assign(size=[3, 1, 2, 9, 9], stage=["a", "b", "a", "a", "b"]).to_csv(path, index=False)
    study = study_of(tasks={"large": {"type": "binary", "rule": "size >= 2 & stage == a | grade == high"}})
    masked = read_cohort(path, study).set_index("case")
    assert masked.loc[["P4", "P5"], ["size", "stage", "grade", "time", "event"]].isna().all(axis=None)
    assert masked.loc["P1", ["size", "stage", "grade"]].tolist() == [3, "a", "high"]
    assert training_labels(read_cohort(path, study), "large", study, FOLDS).to_dict() == {"P1": 1, "P2": 0, "P3": 1}
    unmasked = read_unmasked_cohort(path, study)
    assert task_labels(unmasked, study.tasks["large"]).tolist() == [1, 0, 1, 1, 0]


@given(
    sizes=st.lists(st.integers(0, 9), min_size=2, max_size=2),
    grades=st.lists(st.sampled_from(["high", "low"]), min_size=2, max_size=2),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_labels_of_test_cases_by_a_rule_change_nothing_that_is_read(path, sizes, grades):
    study = study_of(tasks={"large": {"type": "binary", "rule": "size >= 2 | grade == high"}})
    read = []
    for tested_sizes, tested_grades in (([0, 0], ["low", "low"]), (sizes, grades)):
        table = cohort().assign(size=[3, 1, 2, *tested_sizes], grade=["high", "low", "low", *tested_grades])
        table.to_csv(path, index=False)
        read.append(read_cohort(path, study))
    pd.testing.assert_frame_equal(*read)


@pytest.mark.parametrize(
    ("rule", "where", "broken"),
    [
        ("sim_risk > 3", "study.tasks.odd", "reads sim_risk, simulated ground truth"),
        ("centre == a", "study.tasks.odd", "reads centre, which is not a label"),
        ("grade >= 3", "grade", "not a finite number, and the column holds numbers"),
        ("weight >= 3", "cohort.csv", "the column weight is missing"),
    ],
)
def test_a_rule_that_cannot_make_a_label_is_stopped_before_any_work(rule, where, broken):
    study = study_of(tasks={"odd": {"type": "binary", "rule": rule}})
    with pytest.raises(StudyError) as stopped:
        check_cohort(cohort(), study, "cohort.csv")
    assert where in stopped.value.where
    assert broken in stopped.value.rule


def test_the_roster_shows_no_outcome(path):
    assert list(read_roster(path)) == ["patient", "case", "centre", "split", "sim_risk"]


def test_a_roster_without_splits_is_stopped(path):
    path.write_text(path.read_text().replace(",split,", ",part,"))
    with pytest.raises(StudyError, match="the column split is missing"):
        read_roster(path)


def test_fingerprint_follows_the_rows(path):
    roster = read_roster(path)
    assert fingerprint(roster) == fingerprint(roster.copy())
    assert fingerprint(roster) != fingerprint(roster.assign(centre="b"))


@given(st.text(alphabet="abcXYZ019_", min_size=1), st.integers(1, 50))
def test_chunk_is_in_range_and_depends_on_the_patient_alone(patient, chunks):
    assert 0 <= chunk_of(patient, chunks) < chunks
    assert chunk_of(patient, chunks) == chunk_of(patient, chunks)


def test_chunks_are_of_similar_size():
    sizes = np.bincount([chunk_of(f"P{i:04d}", 4) for i in range(400)], minlength=4)
    assert sizes.min() > 60


def test_a_training_set_of_one_class_is_read_but_nothing_is_learned_from_it(path):
    cohort().assign(grade="low").to_csv(path, index=False)
    read = read_cohort(path, STUDY)
    with pytest.raises(StudyError, match="one class for the task grade"):
        check_labels(read, STUDY, "cohort.csv")


@pytest.mark.parametrize(
    ("folds", "count", "where", "rule"),
    [
        (None, 4, "cohort.csv", "3 training patients cannot fill 4 folds"),
        (
            ["0", "b", "1", "", ""],
            2,
            "column fold",
            "is not one of 0 to 1, which select.folds makes: 1",
        ),
        (
            ["1", "2", "1", "", ""],
            2,
            "column fold",
            "is not one of 0 to 1, which select.folds makes: 1",
        ),
        (
            ["0", "1.5", "1", "", ""],
            2,
            "column fold",
            "is not one of 0 to 1, which select.folds makes: 1",
        ),
        (["0", "1", "0", "", ""], 3, "cohort.csv", "fold 2 has no patient"),
    ],
)
def test_training_patients_who_do_not_fit_the_folds_stop_the_study(path, folds, count, where, rule):
    (cohort() if folds is None else cohort().assign(fold=folds)).to_csv(path, index=False)
    with pytest.raises(StudyError) as stopped:
        check_folds(read_cohort(path, STUDY), count, "cohort.csv")
    assert where in stopped.value.where
    assert rule in stopped.value.rule


def test_a_patient_in_two_folds_stops_the_study(path):
    cohort().assign(patient=["P1", "P1", "P3", "P4", "P5"], fold=["0", "1", "1", "", ""]).to_csv(path, index=False)
    with pytest.raises(StudyError, match="column fold: 1 patient is in more than one fold"):
        check_folds(read_cohort(path, STUDY), 2, "cohort.csv")


def test_patients_without_a_fold_and_rows_of_test_sets_need_none(path):
    cohort().assign(fold=["1", "", "0", "9", "x"]).to_csv(path, index=False)
    check_folds(read_cohort(path, STUDY), 3, "cohort.csv")


def test_a_column_that_a_late_phase_reads_must_be_there_before_any_work(path):
    check_columns(path, {"evaluate.treatment": "note"})
    with pytest.raises(StudyError, match=r"evaluate\.subgroups\.machine .*: the column machine is missing"):
        check_columns(path, {"evaluate.treatment": "note", "evaluate.subgroups.machine": "machine"})


def test_cells_are_compared_by_what_they_mean(path):
    cohort().assign(
        fold=["0.0", "01", "1", "", ""],
        group=["1", "1.0", "", "", ""],
        grade=["high\u00a0risk", " high risk ", "low", "x", "x"],
        stage=["1.0", "01", "IV", "1", "x"],
    ).to_csv(path, index=False)
    tasks = {"grade": {"type": "binary", "column": "grade", "positive": "high risk"}}
    study = study_of(clinical=["stage"], tasks=tasks)
    read = read_cohort(path, study)
    assert read["fold"].tolist()[:3] == [0, 1, 1]
    assert read["group"].tolist()[:2] == ["1", "1"]
    assert read["stage"].tolist() == ["1", "1", "IV", "1", "x"]
    assert task_labels(read, study.tasks["grade"]).tolist()[:3] == [1, 1, 0]
    check_folds(read, 2, "cohort.csv")


def test_a_label_in_other_letters_than_the_positive_one_is_not_taken_for_negative():
    with pytest.raises(StudyError, match=r"grade differs .* only in upper and lower case in 2 rows \(1, 4 below"):
        check_cohort(cohort().replace("high", "High"), STUDY, "cohort.csv")


@pytest.mark.parametrize("rule", ["time < 0 & event", "event & time < 1825"])
def test_a_horizon_that_cannot_be_months_is_stopped(rule):
    study = study_of(tasks={"late": {"type": "binary", "rule": rule}})
    with pytest.raises(StudyError, match="outside 0 to 600 months"):
        check_cohort(cohort(), study, "cohort.csv")


@pytest.mark.parametrize(("column", "cells"), [("event", [1, 2, 1, 2, 2]), ("time", [3, 20, 5, 4, -1])])
def test_an_outcome_that_is_none_stops_whoever_reads_the_cohort(path, column, cells):
    cohort().assign(**{column: cells}).to_csv(path, index=False)
    for read in (read_cohort, read_unmasked_cohort):
        with pytest.raises(StudyError, match=f"column {column}"):
            read(path, STUDY)
