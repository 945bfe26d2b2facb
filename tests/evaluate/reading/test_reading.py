"""`sonomics reading`: a blinded package out to readers, and their answers back."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.core import schemas
from sonomics.core.files import read_json, write_json
from sonomics.core.images import read_colour, read_grey, write_png
from sonomics.core.tables import empty_table, read_table, write_table
from tests.conftest import ROOT

run = CliRunner().invoke
CASES = {f"P{number}": "train" if number < 3 else "internal" for number in range(9)}
READERS = "ann:senior,bob:junior"
STANDING = {"str": "", "int": 0, "float": np.nan, "bool": True}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Three training cases and six of a test set, two images each; one test case has no kept image."""
    folder = tmp_path / "study"
    (folder / "data").mkdir(parents=True)
    params = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    rows = [f"{case},{case},north,{split},{number % 2},12" for number, (case, split) in enumerate(CASES.items())]
    (folder / "data/cohort.csv").write_text("\n".join(["patient,case,centre,split,event,time", *rows]) + "\n")
    images = pd.DataFrame([{"case": case, "image": f"{case}-e1-i{n}-f0"} for case in CASES for n in (1, 2)])
    images["patient"], images["view"] = images["case"], "grey"
    images["file"] = [f"data/clean/0/frames/{image}.png" for image in images["image"]]
    for name, kind in schemas.SCREENED.columns.items():
        images[name] = images.get(name, STANDING[kind])
    images["keep"] = images["case"] != "P8"
    for number, file in enumerate(images["file"]):
        write_png(folder / file, np.full((8, 10), number, np.uint8))
    write_table(images, folder / "data/clean/images.parquet", schemas.SCREENED)
    write_table(empty_table(schemas.READERS), folder / "data/readers.csv", schemas.READERS)
    return folder


def write_help(study: Path) -> None:
    """Score all cases but P3 by the primary model, and draw a map of P4."""
    scored = [case for case in CASES if case != "P3"]
    rows = pd.DataFrame({"patient": scored, "case": scored, "image": "", "split": [CASES[case] for case in scored]})
    about = {"variant": "main", "model": "stacked", "task": "recurrence", "class": "1", "kind": "probability"}
    rows = rows.assign(**about, horizon=12.0, value=[0.1 * number for number in range(len(scored))])
    rows["fold"] = np.where(rows["split"] == "train", "0", "all")
    home = study / "results/stack/main/stacked/recurrence"
    write_table(rows, home / "predictions.parquet", schemas.PREDICTIONS)
    write_json(home / "thresholds.json", {"rule": "youden", "cutoff": 0.41, "on": "probability"})
    maps = study / "results/train/main/cnn/recurrence/all"
    write_png(maps / "maps/P4.png", np.full((4, 4), 255, np.uint8))
    write_png(study / "crop.png", np.zeros((6, 9), np.uint8))
    table = pd.DataFrame({"case": ["P4", "P5"], "image": ["P4-e1-i1-f0", "P5-e1-i1-f0"], "crop": "crop.png"})
    table["file"] = ["results/train/main/cnn/recurrence/all/maps/P4.png", ""]
    table.to_parquet(maps / "maps.parquet")


def write(study: Path, *options: str, folder: str = "package") -> Path:
    out = study.parent / folder
    done = run(app, ["reading", "write", str(out), "--readers", READERS, "--study", str(study), *options])
    assert done.exit_code == 0, done.output
    return out


def fill(package: Path, reader: str, **answers: object) -> None:
    path = package / f"{reader}.csv"
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet.assign(**{"score": "70", "decision": "positive", "category": "4", **answers}).to_csv(path, index=False)


def read(study: Path, package: Path, *options: str) -> str:
    done = run(app, ["reading", "read", str(package), "--study", str(study), *options])
    return f"{done.exit_code} {done.output}"


def shown_in(page: str) -> list[str]:
    return re.findall(r'<section id="(r\d+)"', page)


def key_of(study: Path, package: Path) -> dict[str, str]:
    return pd.read_csv(study / "work/reading" / f"{package.name}.csv", index_col="reading")["case"].to_dict()


def test_the_package_names_no_case_no_label_and_has_the_right_pictures(study: Path) -> None:
    package = write(study)
    key = key_of(study, package)
    assert sorted(key.values()) == ["P3", "P4", "P5", "P6", "P7"]
    assert read_json(package / "package.json")["readers"] == {"ann": "senior", "bob": "junior"}
    files = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    pictures = [f"images/r00{name}_{number}.png" for name in range(1, 6) for number in (1, 2)]
    assert files == sorted(["ann.csv", "ann.html", "bob.csv", "bob.html", "package.json", *pictures])
    for path in package.rglob("*.*"):
        if path.suffix != ".png":
            assert not re.search(r"P\d|north|internal|event", path.read_text()), path
    for name, case in key.items():
        assert read_grey(package / f"images/{name}_1.png")[0, 0] == 2 * int(case[1:])
    shown = re.findall(r'<section id="(r\d+)"', (package / "ann.html").read_text())
    assert shown == pd.read_csv(package / "ann.csv")["reading"].tolist()
    assert "The model" not in (package / "ann.html").read_text()


def test_orders_are_drawn_from_the_seed_and_differ_by_reader_and_arm(study: Path) -> None:
    write_help(study)
    first, again = write(study), write(study, folder="again")
    assert (first / "ann.csv").read_bytes() == (again / "ann.csv").read_bytes()
    assert key_of(study, first) == key_of(study, again)
    order = pd.read_csv(first / "ann.csv")["reading"].tolist()
    assert order != pd.read_csv(first / "bob.csv")["reading"].tolist()
    aided = key_of(study, write(study, "--arm", "aided", folder="aided"))
    second = key_of(study, write(study, "--session", "2", folder="second"))
    alone = key_of(study, first)
    assert alone != second
    assert {name: case for name, case in alone.items() if case != "P3"} != aided


def test_a_smaller_sample_lies_within_a_larger_one(study: Path) -> None:
    few = set(key_of(study, write(study, "--cases", "2")).values())
    more = set(key_of(study, write(study, "--cases", "4", folder="more")).values())
    assert len(few) == 2
    assert few < more
    training = key_of(study, write(study, "--splits", "train", folder="train"))
    assert sorted(training.values()) == ["P0", "P1", "P2"]


def test_aided_readers_see_the_probability_the_threshold_and_the_map(study: Path) -> None:
    write_help(study)
    package = write(study, "--arm", "aided")
    names = {case: name for name, case in key_of(study, package).items()}
    assert "P3" not in names
    sheet = pd.read_csv(package / "ann.csv", dtype=str).set_index("reading")["model_probability"]
    assert sheet[names["P4"]] == "0.30"
    page = (package / "ann.html").read_text()
    assert "The model&#39;s probability" in page or "The model's probability" in page
    assert re.findall(r"<strong>(.*?)</strong>: called (\w+) \(positive from 0.41 on\)", page) == [
        (value, "positive" if float(value) >= 0.41 else "negative") for value in sheet[shown_in(page)]
    ]
    assert page.count("where the model looked (yellow: most)") == 1
    heat = read_colour(package / f"images/{names['P4']}_map_1.png")
    assert heat.shape == (6, 9, 3)
    assert heat[0, 0, 0] > heat[0, 0, 2]


def test_answers_come_back_as_readings_and_the_newer_ones_count(study: Path) -> None:
    package = write(study)
    fill(package, "ann")
    fill(package, "bob", score="12,5", decision="Negative", category="")
    assert read(study, package).startswith("0 ann: 5 read, 0 left empty")
    table = read_table(study / "data/readers.csv", schemas.READERS)
    assert len(table) == 10
    bob = table[table["reader"] == "bob"].iloc[0]
    assert bob[["level", "arm", "task", "score", "category", "decision", "session"]].tolist() == [
        "junior", "alone", "recurrence", 12.5, "", "negative", "1",
    ]  # fmt: skip
    sheet = pd.read_csv(package / "ann.csv", dtype=str)
    sheet.loc[0, ["score", "decision", "category"]] = ["10", "negative", "1"]
    case = key_of(study, package)[sheet.loc[0, "reading"]]
    sheet.to_csv(package / "ann.csv", index=False)
    assert read(study, package).startswith("0")
    again = read_table(study / "data/readers.csv", schemas.READERS)
    assert len(again) == 10
    changed = again[(again["reader"] == "ann") & (again["case"] == case)].iloc[0]
    assert (changed["score"], changed["decision"]) == (10.0, "negative")


def test_a_patient_who_withdrew_is_passed_over(study: Path) -> None:
    package = write(study)
    fill(package, "ann")
    fill(package, "bob")
    path = study / "work/reading/package.csv"
    key = pd.read_csv(path)
    key[key["case"] != "P5"].to_csv(path, index=False)
    assert read(study, package).startswith("0 ann: 4 read, 0 left empty")
    assert "P5" not in set(read_table(study / "data/readers.csv", schemas.READERS)["case"])


def test_a_call_beside_a_rounded_probability_is_the_models(study: Path) -> None:
    write_help(study)
    home = study / "results/stack/main/stacked/recurrence"
    write_json(home / "thresholds.json", {"rule": "youden", "cutoff": 0.304, "on": "probability"})
    page = (write(study, "--arm", "aided") / "ann.html").read_text()
    assert "<strong>0.30</strong>: called negative (positive from 0.30 on)" in page


def test_the_key_of_another_package_is_refused(study: Path) -> None:
    package, other = write(study), write(study, "--session", "2", folder="other")
    fill(package, "ann")
    fill(package, "bob")
    before = (study / "data/readers.csv").read_bytes()
    said = read(study, package, "--key", str(study / f"work/reading/{other.name}.csv"))
    assert said.startswith("2")
    assert "this is the key of another package" in " ".join(said.split())
    assert (study / "data/readers.csv").read_bytes() == before
    assert read(study, package).startswith("0")


def test_a_package_and_a_key_from_before_there_were_marks_are_read(study: Path) -> None:
    package = write(study)
    fill(package, "ann")
    fill(package, "bob")
    path = study / "work/reading/package.csv"
    pd.read_csv(path).drop(columns="package").to_csv(path, index=False)
    assert "this is the key of another package" in " ".join(read(study, package).split())
    stated = read_json(package / "package.json")
    del stated["package"]
    write_json(package / "package.json", stated)
    assert read(study, package).startswith("0")


def test_a_spreadsheet_offers_choices_and_is_read_back(study: Path) -> None:
    package = write(study, "--sheet", "xlsx")
    book = load_workbook(package / "ann.xlsx")
    page = book.active
    assert {rule.type for rule in page.data_validations.dataValidation} == {"list", "decimal"}
    for row in range(2, page.max_row):
        page.cell(row, 2, 33.5)
        page.cell(row, 3, 2)
        page.cell(row, 4, "negative")
    book.save(package / "ann.xlsx")
    (package / "bob.xlsx").unlink()
    said = read(study, package)
    assert "ann: 4 read, 1 left empty" in said
    assert "bob: no sheet" in said
    table = read_table(study / "data/readers.csv", schemas.READERS)
    assert table["score"].tolist() == [33.5] * 4
    assert table["category"].tolist() == ["2"] * 4


BAD = {
    "too high": ({"score": "101"}, "the score is not a number from 0 to 100"),
    "a word": ({"score": "high"}, "the score is not a number from 0 to 100"),
    "digits of another script": ({"score": "٣"}, "the score is not a number from 0 to 100"),
    "underscores": ({"score": "1_0"}, "the score is not a number from 0 to 100"),
    "not a number": ({"score": "nan"}, "the score is not a number from 0 to 100"),
    "unknown decision": ({"decision": "maybe"}, "the decision is unknown"),
    "unknown category": ({"category": "9"}, "the category is unknown"),
    "no decision": ({"decision": ""}, "there is a score but no decision"),
    "no score": ({"score": ""}, "there is an answer but no score"),
    "nothing": ({"score": "", "decision": "", "category": ""}, "no reading is answered"),
    "another reading": ({"reading": "r900"}, "the reading is not in the package"),
    "one reading": ({"reading": "r001"}, "row 2 has its reading too"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_stops_and_names_reader_and_row(name: str, study: Path) -> None:
    answers, words = BAD[name]
    package = write(study)
    fill(package, "ann", **answers)
    said = " ".join(read(study, package).split())
    assert said.startswith("2 study stopped:")
    assert words in said
    assert "reader ann" in said
    assert ("row" in said) == (name != "nothing")
    assert "Fix: " in said
    assert read_table(study / "data/readers.csv", schemas.READERS).empty


def test_a_row_or_column_taken_out_stops(study: Path) -> None:
    package = write(study)
    sheet = pd.read_csv(package / "ann.csv")
    sheet.iloc[1:].to_csv(package / "ann.csv", index=False)
    assert "is missing (1 in all)" in read(study, package)
    sheet.drop(columns="decision").to_csv(package / "ann.csv", index=False)
    assert "no column decision" in read(study, package)
    (package / "ann.csv").write_bytes(b"\xff\xfe\x00")
    assert "not a valid sheet (UnicodeDecodeError)" in read(study, package)


def test_what_cannot_be_written_stops(study: Path) -> None:
    package = study.parent / "package"

    def said(*options: str) -> str:
        done = run(app, ["reading", "write", str(package), "--study", str(study), *options])
        assert done.exit_code == 2
        return " ".join(done.output.split())

    assert "is not a reader with a level" in said("--readers", "ann")
    assert "is not a reader with a level" in said("--readers", "ann:senior,ann:junior")
    assert "the study has no task stage" in said("--readers", READERS, "--task", "stage")
    assert "no case of external_7 has a kept image" in said("--readers", READERS, "--splits", "external_7")
    assert "the key lies in the package" in said("--readers", READERS, "--key", str(package / "key.csv"))
    assert "the table of predictions is missing" in said("--readers", READERS, "--arm", "aided")
    write(study)
    assert "it is there already" in said("--readers", READERS)
    (study / "work/reading/package.csv").unlink()
    assert "the key of the package is missing" in read(study, package)


def test_nothing_to_help_with_stops(study: Path) -> None:
    write_help(study)
    home = study / "results/stack/main/stacked/recurrence/predictions.parquet"
    table = read_table(home, schemas.PREDICTIONS)
    write_table(table[table["split"] == "train"], home, schemas.PREDICTIONS)
    options = ["--readers", READERS, "--arm", "aided", "--study", str(study)]
    done = run(app, ["reading", "write", str(study.parent / "package"), *options])
    assert done.exit_code == 2
    assert "gives none of the cases a probability" in " ".join(done.output.split())
