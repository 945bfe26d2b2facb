"""A page that may leave the group."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.report.cases.sharing import check_shareable, draw_running_numbers
from tests.report.synthetic import PARAMS


@pytest.fixture(scope="module")
def text(shared: Path) -> str:
    return shared.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cohort(study: Path) -> pd.DataFrame:
    return pd.read_csv(study / "data" / "cohort.csv")


def data_of(text: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert found
    return json.loads(found[1])


def test_a_shared_page_has_no_image_or_pseudonym(text: str, page: str, cohort: pd.DataFrame) -> None:
    assert "data:image" in page
    assert "data:image" not in text
    assert "<img" not in text
    names = {*cohort["patient"], *cohort["case"]}
    assert names & set(re.findall(r"\w+", page))
    assert not names & set(re.findall(r"\w+", text))


def test_rows_of_a_shared_page_say_nothing_about_one_patient(text: str, page: str, cohort: pd.DataFrame) -> None:
    task, open_task = (data_of(one)["tasks"]["recurrence"] for one in (text, page))
    assert open_task["clinical"] == ["age", "sex", "follow-up (months)", "event"]
    assert task["clinical"] == []
    assert [row["case"] for row in task["rows"]] == [str(number + 1) for number in range(len(cohort))]
    assert all(row["patient"] == "" and row["clinical"] == [] for row in task["rows"])
    assert all("Clinical data" not in row["text"] and "Images kept" not in row["text"] for row in task["rows"])
    values, open_values = ([row["values"] for row in rows["rows"]] for rows in (task, open_task))
    assert values != open_values
    assert sorted(map(str, values)) == sorted(map(str, open_values))


def test_the_numbers_of_the_page_hang_on_the_cohorts_content(text: str, page: str, study: Path) -> None:
    mine, own = (data_of(one)["tasks"]["recurrence"]["rows"] for one in (text, page))
    content = (study / "data" / "cohort.csv").read_bytes()
    numbers = draw_running_numbers([row["case"] for row in own], PARAMS["study"]["seed"], content)
    assert [mine[int(numbers[row["case"]]) - 1]["values"] for row in own] == [row["values"] for row in own]


def test_the_numbers_of_a_page_do_not_follow_the_cohort() -> None:
    names = [f"P{number:03}" for number in range(50)]
    numbers = draw_running_numbers(names, 1, b"cohort")
    assert sorted(map(int, numbers.values())) == list(range(1, 51))
    assert [int(numbers[name]) for name in names] != list(range(1, 51))
    assert draw_running_numbers(reversed(names), 1, b"cohort") == numbers
    assert draw_running_numbers(names, 2, b"cohort") != numbers


def test_the_seed_on_the_page_does_not_give_the_numbers_away() -> None:
    names = [f"P{number:03}" for number in range(50)]
    assert draw_running_numbers(names, 1, b"one cohort") != draw_running_numbers(names, 1, b"another cohort")


def test_a_page_that_names_a_case_or_holds_an_image_is_not_shared() -> None:
    check_shareable("<p>17 cases, P00 and P0012x</p>", ["P0012", "17"])
    with pytest.raises(StudyError, match="names 1 patients or cases"):
        check_shareable("<td>P0012</td>", ["P0012", "P0013"])
    for picture in ('<img src="x">', "url(data:image/png;base64,AA)"):
        with pytest.raises(StudyError, match="holds an image"):
            check_shareable(picture, [])
