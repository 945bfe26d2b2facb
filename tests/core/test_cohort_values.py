"""What only a late phase reads is checked before any work."""

import pandas as pd
import pytest

from sonomics.core.cohort_values import check_values
from sonomics.core.errors import StudyError
from sonomics.core.settings.parameters import Parameters

EVALUATE = {
    "treatment": "drug",
    "serial": {"exam_time": "exam", "diagnosis_time": "found"},
    "borderline": {"column": "grade", "value": 2},
    "label_aware": {"gas": {"head": "gas", "needs_case": "gas"}},
    "outcomes": {"pfs": {"time": "pfs", "event": "progressed", "origin": "surgery", "horizons": [12]}},
    "classes": {"kind": {"column": "kind", "classes": ["a", 1], "models": {}}},
}
PARAMS = Parameters.partial(
    {"clean": {"qc": {"heads": {"mass": {"needs_case": "mass", "training_only": True}}}}, "evaluate": EVALUATE}
)
GOOD = {
    "patient": ["P", "Q", "R"],
    "case": ["P", "Q", "R"],
    "centre": "x",
    "split": ["train", "train", "internal"],
    "drug": ["1.0", "no", ""],
    "exam": ["-3", "700", "0"],
    "found": ["", "12", "1e2"],
    "grade": ["02", "1", ""],
    "gas": ["TRUE", "0", ""],
    "kind": ["a", "1.0", ""],
    "pfs": ["3", "0", ""],
    "progressed": ["1", "0", ""],
    "surgery": ["3", "0", "1"],
    "mass": ["1", "0", "often"],
}


def write(path, **changes):
    pd.DataFrame(GOOD | changes).to_csv(path, index=False)
    return path


def test_what_can_be_used_passes(tmp_path):
    check_values(write(tmp_path / "cohort.csv"), PARAMS, ("clean", "evaluate"))


@pytest.mark.parametrize(
    ("column", "cells", "rule"),
    [
        ("drug", ["1", "2", "1"], "drug is neither yes nor no in 1 row (2 below the header)"),
        ("gas", ["?", "0", "?"], "gas is neither yes nor no in 2 rows (1, 3 below the header)"),
        ("mass", ["?", "0", ""], "mass is neither yes nor no in 1 row (1"),
        ("exam", ["0", "9000", "-9000"], "exam is beyond 1500 months (125 years), as days would be in 2 rows (2, 3"),
        ("found", ["soon", "inf", ""], "found is not a finite number in 2 rows (1, 2"),
        ("kind", ["a", "A", "1"], "kind is not one of the classes of evaluate.classes in 1 row (2"),
        ("pfs", ["2", "0", ""], "pfs lies before surgery, the origin of pfs, in 1 row (1"),
        ("pfs", ["601", "0", ""], "pfs is over 600 months"),
        ("progressed", ["1", "0", "2"], "progressed is neither 0 nor 1 in 1 row (3"),
        ("surgery", ["soon", "0", "0"], "surgery is not a finite number in 1 row (1"),
        ("grade", ["1", "3", ""], "no case has the value 2 of evaluate.borderline"),
    ],
)
def test_what_cannot_be_used_stops_before_any_work(tmp_path, column, cells, rule):
    path = write(tmp_path / "cohort.csv", **{column: cells})
    with pytest.raises(StudyError) as stopped:
        check_values(path, PARAMS, ("clean", "evaluate"))
    assert stopped.value.where.endswith(f"column {column}")
    assert rule in stopped.value.rule
    check_values(path, PARAMS, ("select",))
