"""Survival tasks: time, event and origin of their own."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.cohort_checks import check_cohort, check_labels
from sonomics.core.errors import StudyError
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.settings.study import Study
from sonomics.core.settings.tasks import SurvivalTask
from sonomics.core.tables import checked_table
from sonomics.core.tasks import label_columns, task_outcomes

PFS = {"type": "survival", "time": "pfs_months", "event": "progressed", "origin": "surgery", "horizons": [24, 12]}


def study_of(**tasks: dict) -> Study:
    return Study.partial({"seed": 1, "shuffle_labels": False, "clinical": [], "tasks": tasks})


def cohort(**changes: list) -> pd.DataFrame:
    names = [f"P{number}" for number in range(4)]
    table = {"pfs_months": [2.0, 30.0, 14.0, 8.0], "progressed": [1, 0, 1, 0], "surgery": [2.0, 1.0, 0.0, np.nan]}
    return pd.DataFrame({"patient": names, "case": names, "centre": "a", "split": "train", **table, **changes})


def as_cells(table: pd.DataFrame) -> pd.DataFrame:
    return table.map(lambda value: np.nan if pd.isna(value) else str(value))


def test_time_counts_from_the_origin_and_zero_is_valid():
    outcomes = task_outcomes(cohort(), SurvivalTask.partial(PFS))
    np.testing.assert_array_equal(outcomes["time"], [0, 29, 14, np.nan])
    np.testing.assert_array_equal(outcomes["event"], [1, 0, 1, np.nan])
    assert label_columns(SurvivalTask.partial(PFS)) == ("pfs_months", "progressed", "surgery")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"surgery": [3.0, 1.0, 0.0, 0.0]}, r"lies before surgery, the origin of pfs, in 1 row \(1 "),
        ({"progressed": [0, 1, 2, 1]}, r"competing events \(2\) are not analysed"),
        ({"pfs_months": [2.0, 900.0, 14.0, 8.0]}, "over 600 months"),
    ],
)
def test_a_follow_up_that_cannot_be_one_stops_the_study(change, rule):
    with pytest.raises(StudyError, match=rule):
        check_cohort(as_cells(cohort(**change)), study_of(pfs=PFS), "cohort.csv")


@pytest.mark.parametrize(
    ("change", "horizons", "rule"),
    [
        ({"progressed": [0, 0, 0, 0]}, [12], r"no event \(all cases are censored\) for the task pfs"),
        ({"pfs_months": [np.nan] * 4}, [12], "no case with a known follow-up"),
        ({}, [12, 60], "the horizon 60 of the task pfs lies beyond the follow-up of every training case"),
    ],
)
def test_a_follow_up_that_cannot_teach_stops_the_study(change, horizons, rule):
    with pytest.raises(StudyError, match=rule):
        check_labels(cohort(**change), study_of(pfs={**PFS, "horizons": horizons}), "cohort.csv")


def test_all_columns_of_all_survival_tasks_are_masked_outside_training(tmp_path):
    table = pd.concat([cohort(), cohort().replace(r"^P", "Q", regex=True).assign(split="internal")])
    table = table.assign(time=5.0, event=1, pfi=3.0, relapse=1)
    table.to_csv(tmp_path / "cohort.csv", index=False)
    study = study_of(pfs=PFS, pfi={"type": "survival", "time": "pfi", "event": "relapse", "horizons": [1]})
    masked = read_cohort(tmp_path / "cohort.csv", study).set_index("split")
    hidden = ["time", "event", "pfs_months", "progressed", "surgery", "pfi", "relapse"]
    assert masked.loc["internal", hidden].isna().all(axis=None)
    assert masked.loc["train", "pfi"].notna().all()


@pytest.mark.parametrize("times", [[2.0, 30.0, 14.0, 8.0], [9.0, 8.0, 7.0, np.nan]])
def test_an_outcome_that_no_model_learns_is_not_even_read_before_evaluate(tmp_path, times):
    task = {"type": "binary", "column": "resistant", "positive": 1}
    test = cohort().replace(r"^P", "Q", regex=True).assign(split="internal", pfs_months=times)
    pd.concat([cohort(), test]).assign(resistant=1).to_csv(tmp_path / "cohort.csv", index=False)
    read = read_cohort(tmp_path / "cohort.csv", study_of(resistance=task))
    assert set(read) == {"patient", "case", "centre", "split", "resistant"}
    masked = read_cohort(tmp_path / "cohort.csv", study_of(resistance=task, pfs=PFS)).set_index("split")
    assert masked.loc["internal", ["pfs_months", "progressed", "surgery", "resistant"]].isna().all(axis=None)


def test_shuffled_follow_up_keeps_time_and_event_together():
    names = [f"P{number}" for number in range(40)]
    table = cohort().loc[[0] * 40].assign(patient=names, case=names, surgery=0.0, pfs_months=np.arange(40.0))
    table["progressed"] = [1, 0] * 20
    folds = pd.Series([str(number % 2) for number in range(40)], index=names)
    study = study_of(pfs=PFS).model_copy(update={"shuffle_labels": True})
    dealt = training_outcomes(table, "pfs", study, folds)
    assert sorted(map(tuple, dealt.to_numpy())) == sorted(zip(table["pfs_months"], table["progressed"], strict=True))
    assert (dealt["time"] != table["pfs_months"].to_numpy()).mean() > 0.5


def test_risks_at_several_horizons_are_rows_of_their_own_in_a_table_of_predictions():
    about = {"patient": "p", "case": "p", "image": "", "variant": "main", "model": "m", "task": "pfs", "class": "1"}
    rows = pd.DataFrame([{**about, "kind": "probability", "split": "train", "fold": "0", "value": 0.5}] * 2)
    assert "horizon" in PREDICTIONS.key
    assert len(checked_table(rows.assign(horizon=[12.0, 24.0]), PREDICTIONS, "predictions")) == 2
    with pytest.raises(StudyError, match="agree in"):
        checked_table(rows.assign(horizon=12.0), PREDICTIONS, "predictions")


def test_several_survival_tasks_of_one_cohort_read_columns_of_their_own():
    table = cohort(pfi=[0.0, 3.0, np.nan, 9.0], relapse=[1, 1, 0, 0])
    pfi = SurvivalTask.partial({"type": "survival", "time": "pfi", "event": "relapse", "horizons": [6]})
    np.testing.assert_array_equal(task_outcomes(table, pfi)["time"], [0, 3, np.nan, 9])
    np.testing.assert_array_equal(task_outcomes(table, SurvivalTask.partial(PFS))["time"], [0, 29, 14, np.nan])
