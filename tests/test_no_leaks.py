"""Names planted in folders, file names and cells of every table: no command and no run may show one."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

from sonomics.cli import app
from tests.conftest import ROOT, Study, keep_binary

NAMES = ("Dupont", "Marie", "Szczepanski", "Lindqvist", "Okonkwo")
PATIENTS = 8
TABLE = pd.DataFrame(
    {
        "File": [f"Dupont Marie {number}.png" for number in range(PATIENTS)],
        "Case": [str(number) for number in range(1, PATIENTS + 1)],
        "Surgeon": ["Szczepanski"] * 6 + ["Lindqvist"] * 2,
        "Pathology": ["malignant", "benign"] * 4,
        "Set": ["1"] * 6 + ["2"] * 2,
    }
)
SOURCE = {
    "root": "$US_FOLDER/Dupont Marie",
    "table": "Szczepanski.csv",
    "view": "grey",
    "prefix": "B",
    "columns": {"patient": "Case"},
    "images": "Lindqvist/{File}",
    "outlines": {"reader_1": "Okonkwo/{File}"},
    "cohort": {
        "centre": "somewhere",
        "split": {"column": "Set", "values": {"train": [1], "internal": [2]}},
        "columns": {"pathology": "Pathology", "surgeon": "Surgeon"},
    },
}
CLINICAL = {
    "root": "$US_FOLDER/Lindqvist sheets",
    "tables": {"lab": {"file": "Marie.csv", "key": "Case", "identifies": "case"}},
    "columns": {"age": {"from": "lab.Age", "unit": "year", "to": "year", "range": [0, 120], "meaning": "age"}},
}


def leaks(text):
    return [name for name in NAMES if name.lower() in text.lower()]


class Planted(Study):
    """A study of pictures whose every free name is that of a patient."""

    def __init__(self, root):
        super().__init__(root / "study")
        self.source = root / "Dupont Marie"
        for folder in ("Lindqvist", "Okonkwo"):
            (self.source / folder).mkdir(parents=True)
        TABLE.to_csv(self.source / "Szczepanski.csv", index=False)
        for number, name in enumerate(TABLE["File"]):
            pixels = np.random.default_rng(number).integers(20, 200, (120, 160)).astype(np.uint8)
            Image.fromarray(pixels).save(self.source / "Lindqvist" / name)
            mask = np.zeros((120, 160), bool)
            mask[40:80, 50 : 100 + number] = True
            Image.fromarray(mask).save(self.source / "Okonkwo" / name)
        (self.source / "Lindqvist" / TABLE["File"][0]).write_bytes(b"Dupont")
        sheets = root / "Lindqvist sheets"
        sheets.mkdir()
        ages = ["41", "Okonkwo", "900", "", "52", "53", "54", "55"]
        lab = pd.DataFrame({"Case": [f"B{number:04}" for number in range(1, PATIENTS + 1)], "Age": ages})
        lab.to_csv(sheets / "Marie.csv", index=False)
        params = keep_binary(yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text()))
        params["export"] = {"source": "folder", "folder": SOURCE, "clinical": CLINICAL}
        params["study"] |= {
            "clinical": ["age", "surgeon"],
            "tasks": {"malignancy": {"type": "binary", "column": "pathology", "positive": "malignant"}},
            "variants": {"main": {}},
        }
        params["clean"]["views"] = {"grey": {"from": "still"}}
        params["clean"]["qc"]["heads"] = {}
        self.write(params)

    def write(self, params):
        self.params = params
        self.path.mkdir(exist_ok=True)
        (self.path / "params.yaml").write_text(yaml.safe_dump(params))

    def ask_for_labels(self):
        self.params["clean"]["qc"]["heads"] = {"usable": {"exclude_below": 0.5}}
        self.write(self.params)

    def command(self, *arguments):
        done = CliRunner().invoke(app, [*arguments, "--study", str(self.path)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def plant(self, name, change):
        file = self.path / "data" / name
        change(pd.read_csv(file, dtype=str, keep_default_na=False)).to_csv(file, index=False)


@pytest.fixture
def planted(tmp_path, monkeypatch):
    monkeypatch.setenv("US_FOLDER", str(tmp_path))
    study = Planted(tmp_path)
    drafted = study.command("query")
    assert drafted.exit_code == 0, drafted.output
    assert not leaks(drafted.output)
    data = study.path / "data"
    header = "reader,level,case,arm,task,score,category,decision,session\n"
    (data / "readers.csv").write_text(header + "ann,senior,B0001,alone,malignancy,30,2,negative,1\n")
    (data / "qc_labels.csv").write_text("image,reader,usable\nB0001-e1-i1,ann,yes\n")
    return study


def test_what_may_be_said_is_said(planted):
    done = planted.command("check")
    assert done.exit_code == 0, done.output
    assert "surgeon, in training: 1 word (6 cases)" in done.output
    assert not leaks(done.output)
    told = planted.command("clinical").output
    assert "age: not a number in 1 case" in told
    assert "age: out of range in 1 case" in told
    assert "900" not in told
    assert not leaks(told)


def put(column, value, row=0):
    def change(table):
        table.loc[row, column] = value
        return table

    return change


def behead(table):
    return table.set_axis(["Dupont Marie", *(f"Okonkwo {number}" for number in range(1, table.shape[1]))], axis=1)


def rename(column):
    return lambda table: table.rename(columns={column: "Dupont Marie"})


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("cohort.csv", behead, "the column patient is missing"),
        ("cohort.csv", rename("pathology"), "the column pathology is missing"),
        ("cohort.csv", put("case", "Dupont Marie"), "line 2: case is not a pseudonym"),
        ("cohort.csv", lambda table: put("case", "Dupont", 1)(put("case", "Dupont")(table)), "2 below the header"),
        ("cohort.csv", lambda table: put("patient", "Dupont", 7)(put("patient", "Dupont")(table)), "8 below the"),
        ("cohort.csv", put("split", "Dupont"), "split is unknown in 1 row (1 below the header)"),
        ("cohort.csv", put("centre", ""), "centre is empty in 1 row (1 below the header)"),
        ("cohort.csv", put("age", "Lindqvist", 7), "age is not a finite number"),
        ("cohort.csv", lambda table: put("fold", "Lindqvist")(table.assign(fold="")), "which select.folds makes: 1"),
        ("readers.csv", behead, "there is no column reader"),
        ("readers.csv", lambda table: table.assign(Dupont="1"), "column 10 has a name"),
        ("readers.csv", put("case", "Dupont"), "case is not one of the study's in 1 row (1 below the header)"),
        ("readers.csv", put("task", "Lindqvist"), "task is not one of the study's in 1 row"),
        ("readers.csv", put("score", "Lindqvist"), "column score holds in row 1 something that is not a number"),
        ("readers.csv", put("score", "٣"), "column score holds in row 1 something that is not a number"),
        ("readers.csv", put("arm", "Lindqvist"), "column arm holds in row 1 something"),
    ],
)
def test_a_wrong_cell_stops_the_check_by_its_row(planted, name, change, told):
    planted.plant(name, change)
    done = planted.command("check")
    assert done.exit_code == 2
    assert told in done.output
    assert "Fix: " in done.output
    assert not leaks(done.output)


def test_outlines_are_numbered_where_their_name_is_not_an_image_and_listed_for_their_owner(planted):
    session = planted.path / "data/outlines/reader_2/1"
    session.mkdir(parents=True)
    (session / "Dupont.coco.json").write_text("Dupont")
    (session / "Marie.json").write_text("{}")
    (session / "B0002-Lindqvist.png").write_bytes((planted.source / "Okonkwo" / TABLE["File"][1]).read_bytes())
    (session / "Szczepanski.boxes.csv").write_text("image,left,top,width,height\nOkonkwo.png,1,1,5,5\n")
    done = planted.command("check")
    assert done.exit_code == 0, done.output
    assert (
        "not used: file 2 (.coco.json): the file does not hold outlines of the kind that its name ends in"
        in done.output
    )
    assert "not used: file 1 (.png): it names no image of its case" in done.output
    assert not leaks(done.output)
    listed = planted.path / "work/unused_outlines.csv"
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert set(pd.read_csv(listed)["name"]) == {"Dupont.coco.json", "Marie", "B0002-Lindqvist", "Okonkwo"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (["Dupont.png"], "1 (.png) lie elsewhere"),
        (["reader_2/Dupont Marie.png"], "1 (.png) lie elsewhere"),
        (["reader_2/1/{Dupont}.png"], "1 files have one"),
        (["reader_2/1/B0001-e1-i1.png", "reader_2/1/B0001-e1-i1.json"], "both outline one image"),
    ],
)
def test_outlines_in_the_wrong_place_are_counted(planted, files, told):
    for file in files:
        path = planted.path / "data/outlines" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((planted.source / "Okonkwo" / TABLE["File"][1]).read_bytes())
    done = planted.command("check")
    assert done.exit_code == 2
    assert told in done.output
    assert not leaks(done.output)


def test_a_wrong_cell_stops_query_and_clinical_by_its_row(planted):
    sheet = planted.path.parent / "Lindqvist sheets" / "Marie.csv"
    whole = sheet.read_text()
    for content in (whole.replace("Case,Age", "Dupont,Okonkwo"), whole.encode("utf-16").decode("latin-1"), "Dupont;1"):
        sheet.write_text(content)
        done = planted.command("clinical")
        assert done.exit_code == 2
        assert not leaks(done.output)
    sheet.write_text(whole)
    table = planted.source / "Szczepanski.csv"
    for change in (behead, put("Case", ""), put("Case", "Dupont" * 30), put("Set", "Dupont"), put("Case", "2")):
        change(TABLE.copy()).to_csv(table, index=False)
        assert not leaks(planted.command("query", "--force").output)


def test_no_command_of_a_study_that_ran_shows_a_name(planted):
    assert not leaks(planted.command("audit").output)
    assert not leaks(planted.command("forget", "Dupont").output)
    planted.ask_for_labels()
    sheets = planted.path.parent / "sheets"
    (sheets / "images").mkdir(parents=True)
    Image.new("L", (4, 4)).save(sheets / "images" / "B0001-e1-i1.png")
    for rows in (
        "Dupont,Marie,Okonkwo\nB0001-e1-i1,ann,yes\n",
        "image,reader,usable\nDupont,ann,yes\n",
        "image,reader,usable\nB0001-e1-i1,ann,Dupont\n",
        "image,reader,usable\nB0001-e1-i1,,yes\n",
        "image,reader,usable\nB0001-e1-i1,Dupont,yes\nB0001-e1-i1,Dupont,no\n",
    ):
        (sheets / "ann.csv").write_text(rows)
        done = planted.command("label", "read", str(sheets))
        assert done.exit_code == 2
        assert not leaks(done.output)
    planted.plant("qc_labels.csv", put("usable", "Dupont"))
    assert not leaks(planted.command("label", "read", str(sheets)).output)


@pytest.mark.ci
def test_neither_a_passing_nor_a_failing_run_shows_a_name(planted):
    session = planted.path / "data/outlines/reader_2/1"
    session.mkdir(parents=True)
    for file in ("Dupont.coco.json", "Marie.json", "Szczepanski.png"):
        (session / file).write_text("Lindqvist")
    asked = ("--cores", "2", "--", "results/metrics/crop.json")

    def read_all(done):
        logs = [path.read_text() for path in (planted.path / "logs").rglob("*.log")]
        kept = [path.read_text() for path in (planted.path / ".snakemake/log").glob("*")]
        return "".join([done.stdout, done.stderr, *logs, *kept])

    passed = planted.run(*asked)
    counted = json.loads((planted.path / "results/metrics/crop.json").read_text())["unused_outlines"]
    assert counted == {"image_excluded": 1, "no_case": 2, "outline_file_unreadable": 1}
    assert not leaks(read_all(passed))
    assert not any(leaks(path.read_text()) for path in (planted.path / "results").rglob("*.json"))
    (session / "B0002-e1-i1.png").write_text("Dupont")
    (session / "B0002-e1-i1_mask.png").write_text("Dupont")
    failed = planted.snakemake(*asked)
    assert failed.returncode != 0
    assert "both outline one image" in read_all(failed)
    assert not leaks(read_all(failed))


def test_the_test_would_see_a_name():
    assert leaks(f"{Path('x') / 'dupont'}{os.sep}MARIE") == ["Dupont", "Marie"]
