import numpy as np
import pytest

from sonomics.statistics.classification.lead_time import lead_times, sensitivity_before

PATIENT = ["a", "a", "a", "b", "b", "c"]


BEFORE = [1, 7, 13, 2, 9, 4]


CALLED = [1, 1, 0, 0, 1, 1]


def test_lead_is_where_the_last_unbroken_run_of_positives_begins():
    got = lead_times(PATIENT, BEFORE, CALLED)
    assert got["lead"].to_numpy() == pytest.approx([7, np.nan, 4], nan_ok=True)
    assert got["exams"].tolist() == [3, 2, 1]
    assert got.loc["b", "reason"] == "called negative at the last exam"


def test_each_patient_counts_once_by_the_last_exam_in_the_window():
    got = sensitivity_before(PATIENT, BEFORE, CALLED, earliest=10, latest=0)
    assert (got.x, got.n) == (2, 3)
    assert np.isnan(sensitivity_before(PATIENT, BEFORE, CALLED, 60, 48).estimate)


def test_exams_after_diagnosis_are_refused():
    with pytest.raises(ValueError, match="later than the diagnosis"):
        lead_times(["a"], [-1], [1])
