"""Follow-up that cannot be one stops the study, by column and rows, and no cell is repeated."""

import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import check_outcomes, list_rows


def followed(time, event):
    return pd.DataFrame({"time": time, "event": event})


@pytest.mark.parametrize(
    ("time", "event", "where", "rule"),
    [
        (["3", "5", "8"], ["1", "2", "2"], "event", "coded 1 and 2"),
        (["3", "5", "8"], ["0", "1", "2"], "event", "neither 0 nor 1 in 1 row (3 below the header)"),
        (["3", "5", "8"], ["-1", "1", "0.5"], "event", "neither 0 nor 1 in 2 rows (1, 3 below the header)"),
        (["3", "5", "8"], ["0", "1", "perhaps"], "event", "not a finite number in 1 row (3"),
        (["3", "-0.5", "-2"], ["1", "1", "0"], "time", "(below 0) in 2 rows (2, 3 below the header)"),
        (["3", "inf", "2"], ["1", "1", "0"], "time", "not a finite number in 1 row (2"),
        (["3", "-Infinity", "2"], ["1", "1", "0"], "time", "not a finite number in 1 row (2"),
        (["nan", "5", "2"], ["1", "1", "0"], "time", "not a finite number in 1 row (1"),
        (
            ["300", "1022", "883"],
            ["1", "1", "0"],
            "time",
            "over 600 months (fifty years), as days would be in 2 rows (2",
        ),
    ],
)
def test_what_cannot_be_a_follow_up_is_stopped(time, event, where, rule):
    with pytest.raises(StudyError) as stopped:
        check_outcomes(followed(time, event), "cohort.csv")
    assert stopped.value.where == f"cohort.csv, column {where}"
    assert rule in stopped.value.rule
    assert stopped.value.fix
    assert not {"0.5", "-2", "1022", "perhaps"} & set(str(stopped.value).replace(",", "").split())


def test_what_can_be_one_passes():
    check_outcomes(followed(["0", "0.0", "600", None, "12.5"], ["1", "0", "1.0", None, "0"]), "cohort.csv")
    check_outcomes(followed([0.0, 3.0, float("nan")], [1, 1, 0]), "cohort.csv")
    check_outcomes(pd.DataFrame({"case": ["A"]}), "cohort.csv")


def test_many_rows_are_counted_and_the_first_listed():
    marked = pd.Series([True] * 12)
    assert list_rows(marked) == "12 rows (1, 2, 3, 4, 5, 6, 7, 8, ... below the header)"
