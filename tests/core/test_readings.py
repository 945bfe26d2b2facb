"""Bad tables of readings stop the study and say where and how to fix it."""

from pathlib import Path

import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.readings import category_scale, check_class_readings, read_readings
from sonomics.core.schemas import READERS
from sonomics.core.tables import empty_table, write_table

HEADER = ",".join(READERS.columns)
GOOD = "ann,senior,P1,alone,recurrence,70,4,positive,1"


def read(folder: Path, *rows: str) -> pd.DataFrame:
    path = folder / "readers.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return read_readings(path, {"P1", "P2"}, {"recurrence"})


def test_a_good_table_and_one_without_a_row_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD)["score"].tolist() == [70.0]
    write_table(empty_table(READERS), tmp_path / "empty.csv", READERS)
    assert read_readings(tmp_path / "empty.csv", set(), set()).empty


def test_what_was_not_given_stays_missing(tmp_path: Path) -> None:
    row = read(tmp_path, "ann,senior,P1,alone,recurrence,,,,1").iloc[0]
    assert pd.isna(row["score"])
    assert (row["category"], row["decision"]) == ("", "")


BAD = {
    "unknown case": (["ann,senior,P9,alone,recurrence,70,4,positive,1"], "case is not one of the study's in 1 row"),
    "unknown task": (["ann,senior,P1,alone,survival,70,4,positive,1"], "use one of recurrence"),
    "unknown arm": (
        ["ann,senior,P1,both,recurrence,70,4,positive,1"],
        "column arm holds in row 1 something",
    ),
    "unknown decision": (["ann,senior,P1,alone,recurrence,70,4,yes,1"], "column decision holds in row 1 something"),
    "no reader": ([",senior,P1,alone,recurrence,70,4,positive,1"], "column reader holds in row 1 something"),
    "a number for a name": (["7,senior,P1,alone,recurrence,70,4,positive,1"], "column reader holds in row 1 something"),
    "a number for a level": (["ann,3,P1,alone,recurrence,70,4,positive,1"], "column level holds in row 1 something"),
    "duplicate": ([GOOD, GOOD.replace("70", "30")], "rows 1 and 2 agree in task, reader, arm, session"),
    "too high": (["ann,senior,P1,alone,recurrence,101,4,positive,1"], "score is outside 0 to 100 in 1 row"),
    "negative": (["ann,senior,P1,alone,recurrence,-1,4,positive,1"], "score is outside 0 to 100 in 1 row"),
    "infinite": (["ann,senior,P1,alone,recurrence,inf,4,positive,1"], "score is outside 0 to 100 in 1 row"),
    "a word": (
        ["ann,senior,P1,alone,recurrence,high,4,positive,1"],
        "column score holds in row 1 something",
    ),
    "two levels": (
        [GOOD, "ann,junior,P2,alone,recurrence,70,4,positive,1"],
        "from the reader's level above in 1 row",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_stops_the_study(name: str, tmp_path: Path) -> None:
    rows, words = BAD[name]
    with pytest.raises(StudyError, match=words) as caught:
        read(tmp_path, *rows)
    assert "readers.csv" in caught.value.where
    assert caught.value.fix


def test_a_missing_table_or_column_stops_the_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="write one with the header `reader,level,case,arm"):
        read_readings(tmp_path / "none.csv", set(), set())
    (tmp_path / "short.csv").write_text("reader,case\nann,P1\n")
    with pytest.raises(StudyError, match="there is no column level"):
        read_readings(tmp_path / "short.csv", {"P1"}, {"recurrence"})


def test_categories_are_ordered_by_number_where_they_are_numbers() -> None:
    assert category_scale(pd.Series(["10", "", "9", "9"])) == ["9", "10"]
    assert category_scale(pd.Series(["4b", "3", "4a"])) == ["3", "4a", "4b"]
    assert category_scale(pd.Series(["", ""])) == []


def test_a_word_that_is_no_class_of_the_task_stops_the_study_and_is_not_repeated(tmp_path: Path) -> None:
    rows = read(tmp_path, "ann,senior,P1,alone,recurrence,,low,,1", "ann,senior,P2,alone,recurrence,,lwo,,1")
    check_class_readings(rows, "other", ["low", "high"], "readers.csv")
    with pytest.raises(StudyError, match="is not one of the classes of the task recurrence in 1 row") as stopped:
        check_class_readings(rows, "recurrence", ["low", "high"], "readers.csv")
    assert "lwo" not in str(stopped.value)
