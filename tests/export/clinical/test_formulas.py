"""Formulas of Excel that nobody has calculated have a reason of their own; calculated ones are values."""

import re
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook

from sonomics.core.errors import StudyError
from sonomics.core.settings.clinical import Clinical
from sonomics.core.spreadsheets import NOT_CALCULATED, read_sheet
from sonomics.export.clinical.join import join_clinical

COHORT = pd.DataFrame({"patient": ["A", "B", "C"], "case": ["A", "B", "C"], "split": "train"})
COLUMNS = {
    "bmi": {"from": "lab.BMI", "meaning": "body mass index", "unit": "kg/m2", "to": "kg/m2"},
    "size": {"from": "lab.Size", "meaning": "size", "unit": {"from": "lab.Unit"}, "to": "mm"},
    "stage": {"from": "lab.Stage", "meaning": "stage", "values": {"early": [1, 2], "late": ["3"]}},
}


def write_book(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in [["Case", "BMI", "Size", "Unit", "Stage"], *rows]:
        book.active.append(row)
    book.save(path)
    return path


def settings_of(path: Path, **columns: object) -> Clinical:
    table = {"file": path.name, "key": "Case", "identifies": "case"}
    return Clinical.partial({"root": str(path.parent), "tables": {"lab": table}, "columns": COLUMNS | columns})


def test_a_formula_without_its_result_is_a_problem_of_its_own(tmp_path: Path) -> None:
    rows = [["A", "=1+1", 3, "mm", 1.0], ["B", 21.5, 3, "=A1", "03"], ["C", None, "=1", "mm", "\u00a02.0 "]]
    joined = join_clinical(COHORT, settings_of(write_book(tmp_path / "lab.xlsx", rows)), None)
    assert joined.problems.drop(columns="found").to_numpy().tolist() == [
        ["A", "bmi", "formula_not_calculated"],
        ["B", "size", "formula_not_calculated"],
        ["C", "size", "formula_not_calculated"],
    ]
    assert joined.missing.set_index("column").loc["bmi", "reasons"] == "empty 1; formula_not_calculated 1"
    assert joined.cohort["stage"].tolist() == ["early", "late", "early"]
    assert joined.cohort["bmi"].tolist() == ["", "21.5", ""]


def test_a_key_that_was_never_calculated_stops_instead_of_losing_its_row(tmp_path: Path) -> None:
    settings = settings_of(write_book(tmp_path / "lab.xlsx", [["A", 1, 3, "mm", 1], ['="B"', 2, 3, "mm", 1]]))
    with pytest.raises(StudyError, match=r"Case is a formula that was never calculated in 1 row \(2 below"):
        join_clinical(COHORT, settings, None)


def test_a_calculated_formula_is_its_result_even_an_empty_one(tmp_path: Path) -> None:
    path = write_book(tmp_path / "open.xlsx", [["A", "=40/2", '=""', "mm", 1]])
    with ZipFile(path) as old, ZipFile(tmp_path / "lab.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = re.sub(rb"(<f>40/2</f>)<v ?/>|(<f>40/2</f>)<v></v>", rb"<f>40/2</f><v>20</v>", text)
                text = text.replace(b'<c r="C2"', b'<c r="C2" t="str"')
            new.writestr(name, text)
    assert read_sheet(path)[1] == ["A", NOT_CALCULATED, NOT_CALCULATED, "mm", 1]
    assert read_sheet(tmp_path / "lab.xlsx")[1] == ["A", 20, None, "mm", 1]


def test_a_spelling_of_two_words_stops(tmp_path: Path) -> None:
    path = write_book(tmp_path / "lab.xlsx", [["A", 1, 3, "mm", 1]])
    stage = COLUMNS["stage"] | {"values": {"early": [1], "late": ["1.0"]}}
    with pytest.raises(StudyError, match="'1' is a spelling of two words"):
        join_clinical(COHORT, settings_of(path, stage=stage), None)


def test_keys_that_a_gap_made_fractions_find_their_patients(tmp_path: Path) -> None:
    (tmp_path / "lab.csv").write_text("Case,BMI,Size,Unit,Stage\n17.0,20,3,mm,1.0\n,21,3,mm,1\n21.0,22,3,mm,3.0\n")
    cohort = pd.DataFrame({"patient": ["P17", "P21"], "case": ["P17", "P21"], "split": "train"})
    table = {"file": "lab.csv", "key": "Case", "identifies": "case", "prefix": "P"}
    settings = Clinical.partial({"root": str(tmp_path), "tables": {"lab": table}, "columns": COLUMNS})
    joined = join_clinical(cohort, settings, None).cohort
    assert joined[["bmi", "stage"]].to_numpy().tolist() == [["20", "early"], ["22", "late"]]
