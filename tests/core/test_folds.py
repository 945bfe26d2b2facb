"""The rules against leaks, on cohorts of every shape."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.folds import (
    ALL,
    connect_patients,
    cross_fit,
    leave_out_folds,
    mark_fitted,
    mark_scored,
    mark_unseen,
    name_folds,
    read_folds,
    read_groups,
)
from sonomics.core.schemas import FOLDS
from sonomics.core.tables import write_table

FOLD_COUNT = 3
PATIENTS = [f"P{number}" for number in range(8)]


@st.composite
def studies(draw):
    """Rows of some patients, several a patient, each with a label or none, and the folds of the training patients."""
    splits = draw(st.lists(st.sampled_from(["train", "train", "internal", "external_1"]), min_size=8, max_size=8))
    fold_numbers = draw(st.lists(st.integers(0, FOLD_COUNT - 1), min_size=8, max_size=8))
    rows = draw(st.lists(st.sampled_from(range(8)), min_size=1, max_size=30))
    labels = draw(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=len(rows), max_size=len(rows)))
    folds = {PATIENTS[n]: str(fold_numbers[n]) for n in range(8) if splits[n] == "train"}
    table = pd.DataFrame({"patient": [PATIENTS[n] for n in rows], "split": [splits[n] for n in rows], "label": labels})
    return table, pd.Series(folds, dtype=object)


def sides(table: pd.DataFrame, folds: pd.Series) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (
            mark_fitted(table["patient"], table["label"], folds, fold),
            mark_scored(table["patient"], table["split"], folds, fold),
        )
        for fold in name_folds(FOLD_COUNT)
    ]


@given(studies())
def test_a_patient_is_never_on_both_sides(study):
    table, folds = study
    for fitted, scored in sides(table, folds):
        assert not set(table["patient"][fitted]) & set(table["patient"][scored])


@given(studies())
def test_every_row_is_scored_once_by_a_fit_that_has_not_seen_its_patient(study):
    table, folds = study
    times = sum(scored.astype(int) for _, scored in sides(table, folds))
    assert (times == 1).all()


@given(studies())
def test_only_training_rows_with_a_label_are_fitted_on(study):
    table, folds = study
    for fitted, _ in sides(table, folds):
        assert (table["split"][fitted] == "train").all()
        assert table["label"][fitted].notna().all()
    everything, _ = sides(table, folds)[-1]
    assert everything.sum() == ((table["split"] == "train") & table["label"].notna()).sum()


@given(studies())
def test_the_predictions_that_count_are_those_of_fits_that_have_not_seen_the_patient(study):
    table, folds = study
    fits = [
        table.assign(fold=fold, fitted=side[0]) for fold, side in zip(name_folds(3), sides(table, folds), strict=True)
    ]
    predictions = pd.concat(fits, ignore_index=True)
    counted = predictions[mark_unseen(predictions)]
    assert not counted.loc[counted["fold"] == ALL, "fitted"].any()
    assert (counted.loc[counted["fold"] == ALL, "split"] != "train").all()
    assert (counted.loc[counted["fold"] != ALL, "split"] == "train").all()


def test_rows_are_matched_by_position_whatever_their_index():
    patients = pd.Series(["P1", "P2", "P3"], index=[7, 8, 9])
    labels = pd.Series([1.0, np.nan, 0.0], index=["a", "b", "c"])
    folds = pd.Series({"P1": "0", "P2": "1", "P3": "1"})
    assert mark_fitted(patients, labels, folds, "0").tolist() == [False, False, True]
    assert mark_fitted(patients, labels, folds, ALL).tolist() == [True, False, True]


def test_a_fit_sees_the_rows_outside_its_fold_and_scores_those_inside():
    patients = pd.Series(["P1", "P2", "P3", "T1"])
    splits = pd.Series(["train", "train", "train", "internal"])
    labels = pd.Series([1.0, np.nan, 0.0, np.nan])
    folds = pd.Series({"P1": "0", "P2": "1", "P3": "1"})
    assert mark_fitted(patients, labels, folds, "0").tolist() == [False, False, True, False]
    assert mark_scored(patients, splits, folds, "1").tolist() == [False, True, True, False]
    assert mark_fitted(patients, labels, folds, ALL).tolist() == [True, False, True, False]
    assert mark_scored(patients, splits, folds, ALL).tolist() == [False, False, False, True]


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=40))
def test_each_row_is_left_out_once(folds):
    parts = list(leave_out_folds(folds))
    assert [part.fold for part in parts] == sorted(set(folds))
    assert (sum(part.scored.astype(int) for part in parts) == 1).all()
    for part in parts:
        assert (part.fitted == ~part.scored).all()
        assert set(np.array(folds)[part.scored]) == {part.fold}


def mean_of(rows: np.ndarray, labels: pd.Series) -> float:
    return float(labels.mean())


def repeat_mean(state: float, rows: np.ndarray) -> np.ndarray:
    return np.full(len(rows), state)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([0.0, 1.0])), min_size=2, max_size=30))
def test_a_cross_fitted_value_never_depends_on_labels_of_its_own_fold(rows):
    folds, labels = (pd.Series(values) for values in zip(*rows, strict=True))
    if folds.nunique() < 2:
        return
    before = cross_fit(np.zeros(len(rows)), labels, folds, mean_of, repeat_mean)
    held = folds == folds[0]
    after = cross_fit(np.zeros(len(rows)), labels.where(~held, 1 - labels), folds, mean_of, repeat_mean)
    np.testing.assert_array_equal(before[held], after[held])


def test_rows_with_an_unknown_label_are_scored_and_not_fitted_on():
    folds, labels = pd.Series(["0", "0", "1", "1"]), pd.Series([1.0, np.nan, 0.0, 0.0])
    values = cross_fit(np.zeros(4), labels, folds, mean_of, repeat_mean)
    assert values.tolist() == [0.0, 0.0, 1.0, 1.0]


@given(st.lists(st.tuples(st.sampled_from(PATIENTS), st.sampled_from(PATIENTS)), max_size=10))
def test_groups_stay_together_and_are_named_after_their_first_patient(ties):
    groups = connect_patients(PATIENTS, ties)
    assert list(groups.index) == PATIENTS
    for one, other in ties:
        assert groups[one] == groups[other]
    for name, members in groups.groupby(groups):
        assert name == min(members.index)
    tied = {patient for tie in ties if tie[0] != tie[1] for patient in tie}
    assert (groups[groups.index.difference(list(tied))] == groups.index.difference(list(tied))).all()


@given(st.lists(st.tuples(st.sampled_from(PATIENTS), st.sampled_from(PATIENTS)), max_size=10))
def test_the_order_of_ties_does_not_matter(ties):
    turned = [(other, one) for one, other in reversed(ties)]
    pd.testing.assert_series_equal(connect_patients(PATIENTS, ties), connect_patients(reversed(PATIENTS), turned))


def test_nobody_makes_no_group():
    assert connect_patients([], []).empty


def test_folds_and_groups_come_back_from_their_table(tmp_path):
    table = pd.DataFrame({"patient": ["P1", "P2"], "group": ["P1", "P1"], "random": [10, 10], "by_centre": [0, 1]})
    write_table(table, tmp_path / "folds.parquet", FOLDS)
    assert read_folds(tmp_path / "folds.parquet", "random").to_dict() == {"P1": "10", "P2": "10"}
    assert read_folds(tmp_path / "folds.parquet", "by_centre").to_dict() == {"P1": "0", "P2": "1"}
    with pytest.raises(StudyError, match="no folds of the scheme group"):
        read_folds(tmp_path / "folds.parquet", "group")
    assert read_groups(tmp_path / "folds.parquet").to_dict() == {"P1": "P1", "P2": "P1"}


@pytest.mark.parametrize(("count", "names"), [(2, ["0", "1", "all"]), (1, ["0", "all"])])
def test_folds_are_named_by_number_and_the_whole_training_set_comes_last(count, names):
    assert name_folds(count) == names
