"""Clinical tables join a cohort: values, units, dates, words, and an account of all that could not be taken."""

from copy import deepcopy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sonomics.commands.clinical import clinical
from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.params import check_params
from sonomics.core.settings.clinical import Clinical as ClinicalSettings
from sonomics.export.clinical.join import Clinical, join_clinical
from sonomics.export.clinical.join import join_tables as joined_to

COHORT = pd.DataFrame(
    {
        "patient": ["PA", "PB", "PC", "PD"],
        "case": ["PA", "PB", "PC", "PD"],
        "centre": "north",
        "split": ["train", "train", "internal", "internal"],
        "pathology": "",
    }
)
LINKAGE = pd.DataFrame(
    {
        "case": ["PA", "PA", "PB", "PC", "PD"],
        "patient_id": ["0017", "0017", "0021", "0034", "0099"],
        "study_uid": ["1.1", "1.2", "1.3", "1.4", "1.5"],
        "accession": ["A1", "A2", "A3", "A4", "A5"],
        "exam": ["e1", "e2", "e1", "e1", "e1"],
        "date": ["20200301", "20200601", "20200401", "20200501", ""],
    }
)
REPORTS = """MRN;Name;Born;Befund;AFP;AFP_unit;CA125;seen
0017;Quorralt Jane;14.02.1958;Raumforderung links 4,5 cm, maligne;10,5;IU/mL;35;01.03.2020
0021;Vexley Ann;31.02.1980;Zyste rechts 12 mm und 30 mm, benigne;7;ng/mL;<5;01.04.2020
0034;Ombrelle Eve;02.05.2003;kein Befund;viel;furlong;40000;01.05.2020
;Nobody;01.01.1950;leer;1;ng/mL;1;01.01.2020
7777;Stranger;01.01.1950;leer;1;ng/mL;1;01.01.2020
"""
SETTINGS: dict[str, Any] = {
    "root": "$CLINICAL_TABLES",
    "tables": {
        "reports": {
            "file": "reports.csv", "key": "MRN", "identifies": "patient_id", "separator": ";", "decimal": ",",
            "dates": "%d.%m.%Y",
        },
        "surgery": {"file": "surgery.xlsx", "sheet": "OP", "key": "Patient", "identifies": "patient_id", "digits": 4},
    },
    "exam_date": "linkage",
    "columns": {
        "age": {
            "from": "reports.Born", "meaning": "age at ultrasound", "date": {"unit": "year", "counted": "before_exam"},
            "range": [18, 110],
        },
        "size_mm": {
            "from": "reports.Befund", "meaning": "largest diameter", "unit": "mm", "to": "mm", "several": "largest",
            "pattern": r"(?P<value>\d+(?:,\d+)?)\s*(?P<unit>mm|cm)", "range": [1, 300],
        },
        "nature": {
            "from": "reports.Befund", "meaning": "nature by the report", "pattern": "(?P<value>benigne|maligne)",
            "values": {"benign": ["benigne"], "malignant": ["maligne"]},
        },
        "afp": {
            "from": "reports.AFP", "meaning": "alpha-fetoprotein", "unit": {"from": "reports.AFP_unit"}, "to": "ng/mL",
            "analyte": "afp",
        },
        "ca125": {"from": "reports.CA125", "meaning": "CA125", "unit": "U/mL", "to": "U/mL", "range": [0, 30000]},
        "pathology": {
            "from": "surgery.Histology", "meaning": "pathology",
            "values": {"benign": ["Cyst"], "malignant": ["HGSC", "LGSC"]},
        },
        "stage": {"from": "surgery.FIGO", "meaning": "FIGO stage", "values": ["I", "II", "III", "IV"]},
        "days_to_operation": {
            "from": "surgery.Date", "meaning": "ultrasound to operation", "range": [0, 365],
            "date": {"unit": "day", "counted": "after_exam"},
        },
    },
    "follow_up": {"start": "surgery.Date", "event": "surgery.Relapse", "last_contact": "surgery.Last"},
}  # fmt: skip
TYPED = ClinicalSettings.partial(SETTINGS)
TOKENS = (
    "Quorralt", "Vexley", "Ombrelle", "Raumforderung", "0017", "0021", "1958", "14.02", "2020-03", "20200301", "furlong"
)  # fmt: skip


def write_tables(folder: Path) -> None:
    from datetime import datetime

    folder.mkdir()
    (folder / "reports.csv").write_text(REPORTS, encoding="utf-8")
    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("OP")
    for row in (
        ("Patient", "Date", "Histology", "FIGO", "Relapse", "Last", None, None),
        (17, datetime(2020, 3, 15), "hgsc", "iii", datetime(2021, 3, 15), datetime(2022, 1, 1)),
        (21, datetime(2020, 3, 20), "Cyst", "", None, datetime(2022, 3, 20)),
        (34, datetime(2020, 6, 1), "Cyst", "X", None, "31.02.2021"),
        (34, datetime(2020, 6, 1), "LGSC", "X", None, "31.02.2021"),
        (None, None, None, None, None, None),
    ):
        sheet.append(row)
    book.save(folder / "surgery.xlsx")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tables(tmp_path / "hospital")
    monkeypatch.setenv("CLINICAL_TABLES", str(tmp_path / "hospital"))
    return tmp_path / "hospital"


@pytest.fixture
def joined(folder: Path) -> Clinical:
    return join_clinical(COHORT, TYPED, LINKAGE)


def test_values_of_every_kind_reach_the_cohort(joined: Clinical) -> None:
    cohort = joined.cohort.set_index("case")
    expected = {
        "age": ["62", "", "", ""],  # 1958-02-14 to 2020-03-01; 31 February; 16 years old; not in the table
        "size_mm": ["45", "30", "", ""],
        "nature": ["malignant", "benign", "", ""],
        "afp": ["12.705", "7", "", ""],  # 10.5 IU/mL at 1.21 ng/IU
        "ca125": ["35", "", "", ""],
        "pathology": ["malignant", "benign", "", ""],
        "stage": ["III", "", "", ""],
        "days_to_operation": ["14", "", "31", ""],
        "time": ["11.99", "23.98", "", ""],  # 365 and 730 days, of 30.4375
        "event": ["1", "0", "", ""],
    }
    assert {name: cohort[name].tolist() for name in expected} == expected
    assert list(cohort["centre"]) == ["north"] * 4


def test_every_unknown_value_has_its_reason(joined: Clinical) -> None:
    problems = joined.problems.set_index(["case", "column"])
    assert problems["reason"].to_dict() == {
        ("PB", "age"): "impossible_date",
        ("PC", "age"): "out_of_range",
        ("PC", "size_mm"): "no_match",
        ("PC", "nature"): "no_match",
        ("PC", "afp"): "not_a_number",
        ("PB", "ca125"): "beyond_limit",
        ("PC", "ca125"): "out_of_range",
        ("PC", "pathology"): "rows_disagree",
        ("PC", "stage"): "not_listed",
        ("PB", "days_to_operation"): "out_of_range",
        ("PC", "time"): "impossible_date",
        ("PC", "event"): "impossible_date",
    }
    found = problems["found"].dropna().to_dict()
    assert found == {("PC", "age"): 16, ("PC", "ca125"): 40000, ("PB", "days_to_operation"): -12}
    missing = joined.missing.set_index(["column", "split"])
    assert missing.loc[("stage", "train"), ["cases", "known", "missing", "share", "reasons"]].tolist() == [
        2, 1, 1, 0.5, "empty 1"
    ]  # fmt: skip
    assert missing.loc[("stage", "internal"), "reasons"] == "not_in_table 1; not_listed 1"
    assert (missing["known"] + missing["missing"] == missing["cases"]).all()
    known = joined.dictionary.set_index("column")["known"]
    assert all(known[name] == (joined.cohort[name] != "").sum() for name in known.index)


def test_rows_of_the_tables_are_accounted_for(joined: Clinical) -> None:
    assert joined.tables.to_dict("records") == [
        {"table": "reports", "rows": 5, "without_key": 1, "not_in_cohort": 1, "repeated": 0, "cases_absent": 1},
        {"table": "surgery", "rows": 4, "without_key": 0, "not_in_cohort": 0, "repeated": 1, "cases_absent": 1},
    ]


def test_the_dictionary_says_what_the_columns_mean(joined: Clinical) -> None:
    rows = joined.dictionary.set_index("column")
    assert rows.loc["size_mm", ["unit", "type", "values", "source"]].tolist() == [
        "mm", "number", "1 to 300", "reports.Befund"
    ]  # fmt: skip
    assert rows.loc["pathology", ["type", "values"]].tolist() == ["word", "benign; malignant"]
    assert rows.loc["time", ["unit", "known", "cases"]].tolist() == ["month", 2, 4]


def test_nothing_of_an_identity_or_a_date_or_a_report_comes_along(joined: Clinical) -> None:
    for table in joined:
        text = table.to_csv(index=False)
        assert [token for token in TOKENS if token in text] == []


CELLS = [
    "",
    "0017",
    "0021",
    "2020-03-15",
    "2021-03-15",
    "31.02.2021",
    "III",
    "HGSC",
    "Cyst",
    "10,5",
    "4 cm maligne",
    "IU/mL",
]
cell = st.one_of(st.sampled_from(CELLS), st.text(max_size=6))


def settings_with(change: Any) -> dict[str, Any]:
    changed = deepcopy(SETTINGS)
    change(changed)
    return changed


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda s: s["columns"]["ca125"].update(unit="furlong"), "unit 'furlong' is not known"),
        (lambda s: s["columns"]["ca125"].update(unit="ng/mL"), "ng/mL measures mass concentration"),
        (lambda s: s["columns"]["stage"].update({"from": "surgery.Stage"}), "column Stage is missing"),
        (lambda s: s["columns"]["stage"].update({"from": "lab.FIGO"}), "does not name a table"),
        (lambda s: s["columns"]["stage"].update({"from": "surgery.Patient"}), "the table's key, an identity"),
        (lambda s: s["columns"].update(split=s["columns"]["stage"]), "not a clinical column"),
        (lambda s: s["columns"]["nature"].update(pattern="benigne"), "no group named value"),
        (lambda s: s["columns"]["nature"].update(pattern="(?P<value>"), "not a valid regular expression"),
        (lambda s: s["columns"]["nature"].update(values={True: ["ja"]}), "truth value"),
        (lambda s: s["tables"]["surgery"].update(sheet="Op2"), "cannot be read"),
        (lambda s: s["tables"]["surgery"].update(file="none.xlsx"), "no file none.xlsx"),
        (lambda s: s["tables"]["reports"].update(encoding="utf-16"), "cannot be read"),
        (lambda s: s["tables"]["reports"].update(key="ID"), "column ID is missing"),
        (lambda s: s["tables"]["reports"].pop("separator"), "separated by ';', not by ','"),
        (lambda s: s.update(root="$NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_a_mapping_that_cannot_be_stops_before_any_cell_is_read(folder: Path, change: Any, rule: str) -> None:
    with pytest.raises(StudyError, match=rule):
        join_clinical(COHORT, ClinicalSettings.partial(settings_with(change)), LINKAGE)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + bytes(18), b"\xff\xfe\x00"])
@pytest.mark.parametrize("file", ["reports.csv", "surgery.xlsx"])
def test_a_file_that_is_no_table_is_one_clear_message(folder: Path, file: str, content: bytes) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(StudyError, match=r"cannot be read|column MRN is missing"):
        join_clinical(COHORT, TYPED, LINKAGE)


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_damaged_workbook_is_one_clear_message_without_a_cell(folder: Path, member: str) -> None:
    path = folder / "surgery.xlsx"
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, b"<a" if name == member else part)
    with pytest.raises(StudyError, match=r"surgery\.xlsx cannot be read \(\w+\)\. "):
        join_clinical(COHORT, TYPED, LINKAGE)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (REPORTS.replace("seen\n", "seen;AFP\n"), "columns 5 and 9 have the same name"),
        (REPORTS.replace("10,5;IU", "10;5;IU"), "row 1 below the header has a cell under no name"),
    ],
)
def test_a_table_whose_cells_would_be_misread_is_refused(folder: Path, text: str, rule: str) -> None:
    (folder / "reports.csv").write_text(text)
    with pytest.raises(StudyError, match=rule):
        join_clinical(COHORT, TYPED, LINKAGE)


def test_two_columns_of_one_name_are_not_told_apart(folder: Path) -> None:
    book = Workbook()
    book.active.title = "OP"
    book.active.append(["Patient", "FIGO", "FIGO"])
    book.save(folder / "surgery.xlsx")
    with pytest.raises(StudyError, match="have the same name"):
        join_clinical(COHORT, TYPED, LINKAGE)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(cell, min_size=6, max_size=6), max_size=6), st.lists(st.lists(cell, min_size=5, max_size=5)))
def test_whatever_the_tables_hold_every_case_has_a_value_or_a_reason(
    surgery: list[list[str]], reports: list[list[str]]
) -> None:
    tables = {
        "surgery": pd.DataFrame(
            surgery, columns=["Patient", "Date", "Histology", "FIGO", "Relapse", "Last"], dtype=str
        ),
        "reports": pd.DataFrame(reports, columns=["MRN", "Born", "Befund", "AFP", "AFP_unit"], dtype=str).assign(
            CA125="<5"
        ),
    }
    done = joined_to(COHORT, tables, TYPED, LINKAGE)
    assert (done.missing["known"] + done.missing["missing"] == done.missing["cases"]).all()
    assert done.cohort["case"].tolist() == COHORT["case"].tolist()
    for column in (*SETTINGS["columns"], "time", "event"):
        known = done.cohort[column] != ""
        assert known.sum() == done.missing.loc[done.missing["column"] == column, "known"].sum()
    assert set(done.cohort["stage"]) <= {"", "I", "II", "III", "IV"}
    assert set(done.cohort["nature"]) <= {"", "benign", "malignant"}
    numbers = (
        done.cohort[["age", "size_mm", "afp", "days_to_operation", "time", "event"]].replace("", "nan").astype(float)
    )
    assert numbers["age"].dropna().between(18, 110).all()
    assert (numbers["time"].dropna() >= 0).all()


def test_tables_with_identities_stay_out_of_repositories(folder: Path) -> None:
    (folder.parent / ".git").mkdir()
    with pytest.raises(StudyError, match="inside a repository"):
        join_clinical(COHORT, TYPED, LINKAGE)


def test_without_the_linkage_table_keys_are_nobodys(folder: Path) -> None:
    with pytest.raises(StudyError, match="linkage table"):
        join_clinical(COHORT, TYPED, None)


def test_of_repeated_measurements_the_one_nearest_to_the_exam_counts(folder: Path) -> None:
    (folder / "lab.csv").write_text(
        "case,day,CA125\nPA,2020-02-25,11\nPA,2020-03-03,12\nPA,2020-03-02,13\nPA,2020-02-29,14\n"
        "PB,never,15\nPD,2020-01-01,16\n"
    )
    nearest = {
        "root": "$CLINICAL_TABLES",
        "tables": {"lab": {"file": "lab.csv", "key": "case", "identifies": "case", "nearest_to_exam": "day"}},
        "exam_date": "linkage",
        "columns": {"ca125": {"from": "lab.CA125", "meaning": "CA125", "unit": "U/mL", "to": "U/L"}},
    }
    done = join_clinical(COHORT, ClinicalSettings.partial(nearest), LINKAGE)
    assert done.cohort["ca125"].tolist() == ["14000", "", "", ""]  # a day before and a day after: the earlier
    assert done.missing["reasons"].tolist() == ["no_dated_row 1; not_in_table 1", "no_dated_row 1"]


def test_the_schema_knows_the_settings(params: dict[str, Any]) -> None:
    params["export"]["clinical"] = SETTINGS
    check_params(params)
    params["export"]["clinical"] = settings_with(lambda s: s["columns"]["ca125"].pop("to"))
    with pytest.raises(StudyError):
        check_params(params)


def test_the_verb_fills_the_cohort_of_a_study(
    folder: Path, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    from sonomics.export.deidentify.linkage import write_linkage

    study = folder.parent / "study"
    (study / "data").mkdir(parents=True)
    params["export"]["clinical"] = SETTINGS
    (study / "params.yaml").write_text(yaml.safe_dump(params))
    COHORT.to_csv(study / "data/cohort.csv", index=False)
    monkeypatch.setenv("SONOMICS_LINKAGE", str(folder / "linkage.csv"))
    monkeypatch.setenv("SONOMICS_KEY", "ab" * 32)
    write_linkage(LINKAGE, folder / "linkage.csv")
    clinical(study)
    cohort = pd.read_csv(study / "data/cohort.csv", dtype=str, keep_default_na=False)
    assert cohort["size_mm"].tolist() == ["45", "30", "", ""]
    before = (study / "data/cohort.csv").read_bytes()
    clinical(study)
    assert (study / "data/cohort.csv").read_bytes() == before
    said = capsys.readouterr().out
    assert "age: out of range in 1 case\n" in said
    assert "reports: 5 rows, 1 without key" in said
    metrics = read_json(study / "results/metrics/clinical.json")
    assert metrics["stage"]["train"] == {"cases": 2, "missing": 1, "share": 0.5}
    files = [file for file in study.rglob("*") if file.is_file() and file.name != "params.yaml"]
    assert len(files) == 5
    text = said + "".join(file.read_text() for file in files)
    assert [token for token in TOKENS if token in text] == []


def test_query_joins_the_clinical_tables_to_the_cohort_it_drafts(
    folder: Path, params: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    from sonomics.commands.query import query

    (folder / "extra.csv").write_text("id,weight\nP0001,71\nP0002,heavy\n")
    params["export"]["clinical"] = {
        "root": "$CLINICAL_TABLES",
        "tables": {"extra": {"file": "extra.csv", "key": "id", "identifies": "patient"}},
        "columns": {"weight_kg": {"from": "extra.weight", "meaning": "weight", "unit": "kg", "to": "kg"}},
    }
    study = folder.parent / "study"
    study.mkdir()
    (study / "params.yaml").write_text(yaml.safe_dump(params))
    query(study)
    cohort = pd.read_csv(study / "data/cohort.csv", dtype=str, keep_default_na=False).set_index("case")
    assert cohort.loc[["P0001", "P0002", "P0003"], "weight_kg"].tolist() == ["71", "", ""]
    assert "weight_kg: not a number in 1 case\n" in capsys.readouterr().out
