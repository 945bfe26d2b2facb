"""`sonomics label`: out to readers and back."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sonomics.clean.qc.label_studio import merge_answers, read_answers
from sonomics.clean.qc.sample import draw_sample
from sonomics.cli import app
from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.tables import empty_table, read_table, write_table
from tests.conftest import ROOT

run = CliRunner().invoke
HEADS = ["target", "lesion"]
STANDING = {"str": "", "int": 0, "float": np.nan, "bool": True}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Six training cases and two others, three images each; one image is labelled already, one was excluded."""
    params = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    params["clean"]["qc"]["heads"] = {"target": {"exclude_below": 0.5}, "lesion": {}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    cases = {f"P{number}": "train" if number < 6 else "internal" for number in range(8)}
    (tmp_path / "data").mkdir()
    rows = [f"{case},{case},c,{split}" for case, split in cases.items()]
    (tmp_path / "data/cohort.csv").write_text("\n".join(["patient,case,centre,split", *rows]) + "\n")
    images = [{"case": case, "image": f"{case}-e1-i{number}-f0"} for case in cases for number in (1, 2, 3)]
    table = pd.DataFrame(images).assign(patient=lambda frame: frame["case"])
    table["file"] = [f"data/clean/0/frames/{image}.png" for image in table["image"]]
    for name, kind in schemas.IMAGES.columns.items():
        table[name] = table.get(name, STANDING[kind])
    table["keep"] = table["image"] != "P1-e1-i2-f0"
    for file in table["file"]:
        write_png(tmp_path / file, np.full((8, 8), len(file), np.uint8))
    write_table(table, tmp_path / "data/clean/0/images.parquet", schemas.IMAGES)
    (tmp_path / "data/qc_labels.csv").write_text("image,reader,target,lesion\nP0-e1-i1,reader_9,yes,no\n")
    return tmp_path


def draw(study: Path, count: int = 10) -> Path:
    folder = study.parent / f"{study.name}_sheets_{count}"
    done = run(app, ["label", "draw", str(folder), "--images", str(count), "--study", str(study)])
    assert done.exit_code == 0, done.output
    return folder


def answer(folder: Path, reader: str, **answers: str) -> None:
    """Fill a reader's sheet: one answer for all images, head by head."""
    sheet = pd.read_csv(folder / f"{reader}.csv", dtype=str)
    sheet.assign(**answers).to_csv(folder / f"{reader}.csv", index=False)


def test_draw_gives_every_reader_the_same_training_images_in_another_order(study: Path) -> None:
    folder = draw(study)
    one, two = (pd.read_csv(folder / f"reader_{number}.csv", dtype=str) for number in (1, 2))
    assert one.columns.tolist() == ["image", "reader", *HEADS]
    assert set(one["image"]) == set(two["image"])
    assert one["image"].tolist() != two["image"].tolist()
    assert len(one) == 10
    cases = set(one["image"].str.split("-").str[0])
    assert cases <= {f"P{number}" for number in range(6)}
    assert not {"P0-e1-i1-f0", "P1-e1-i2-f0"} & set(one["image"])
    assert {file.stem for file in (folder / "images").iterdir()} == set(one["image"])
    assert one[HEADS].isna().all(axis=None)


def test_draw_is_seeded_and_a_larger_sample_holds_the_smaller(study: Path) -> None:
    images = read_table(study / "data/clean/0/images.parquet", schemas.IMAGES)
    roster = pd.DataFrame({"case": [f"P{number}" for number in range(6)], "split": "train"})
    nothing = empty_table(schemas.QC_LABELS)
    few, many, other = (
        set(draw_sample(images, roster, nothing, count, seed)["image"]) for count, seed in ((5, 1), (9, 1), (5, 2))
    )
    assert len(few) == 5
    assert few < many
    assert few != other
    with pytest.raises(StudyError, match="no unlabelled image"):
        draw_sample(images, roster, pd.DataFrame({"image": images["image"], "reader": "r"}), 5, 1)


def test_label_studio_gets_tasks_and_an_interface(study: Path) -> None:
    folder = draw(study)
    tasks = json.loads((folder / "labelstudio_tasks.json").read_text())
    assert len(tasks) == 10
    assert (folder / tasks[0]["data"]["picture"].split("?d=")[1]).exists()
    choices = ElementTree.parse(folder / "labelstudio.xml").findall("Choices")
    assert [choice.get("name") for choice in choices] == HEADS
    assert [option.get("value") for option in choices[0]] == ["yes", "no", "undeterminable"]


def test_sheets_come_back_and_agreement_is_told(study: Path) -> None:
    folder = draw(study)
    answer(folder, "reader_1", target="Yes", lesion="no")
    answer(folder, "reader_2", target="yes", lesion="undeterminable")
    done = run(app, ["label", "read", str(folder), "--study", str(study)])
    assert done.exit_code == 0, done.output
    labels = read_table(study / "data/qc_labels.csv", schemas.QC_LABELS)
    assert len(labels) == 21
    assert labels["reader"].value_counts().to_dict() == {"reader_1": 10, "reader_2": 10, "reader_9": 1}
    assert set(labels["target"]) == {"yes"}
    assert "lesion: kappa 0.00" in done.stdout
    assert "10 unclear, set aside" in done.stdout
    assert "target: kappa not estimable" in done.stdout
    answer(folder, "reader_1", lesion="yes")
    run(app, ["label", "read", str(folder), "--study", str(study)])
    again = read_table(study / "data/qc_labels.csv", schemas.QC_LABELS)
    assert len(again) == 21
    assert set(again.loc[again["reader"] == "reader_1", "lesion"]) == {"yes"}


def test_what_label_studio_exports_comes_back_without_an_address(study: Path) -> None:
    folder = draw(study)
    task = json.loads((folder / "labelstudio_tasks.json").read_text())[0]
    chosen = [{"from_name": "target", "value": {"choices": ["no"]}}]
    by = {"id": 7, "email": "someone@hospital.example"}
    cancelled = {"completed_by": by, "was_cancelled": True, "result": []}
    task["annotations"] = [cancelled, {"completed_by": by, "result": chosen}, {"completed_by": 8, "result": []}]
    export = folder / "export.json"
    export.write_text(json.dumps([task]))
    found = read_answers(export, HEADS, {task["data"]["name"]})
    assert found.to_dict("records") == [
        {"image": task["data"]["name"], "reader": "reader_7", "target": "no", "lesion": ""}
    ]
    export.write_text('{"detail": "forbidden"}')
    with pytest.raises(StudyError, match="not a JSON export of Label Studio"):
        read_answers(export, HEADS, set())


def test_sheets_of_spreadsheet_programs_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes("﻿image;reader;target;lesion\r\n A;r1 ;YES ;\r\nB;r1;;\r\n".encode())
    found = read_answers(path, HEADS, {"A", "B"})
    assert found.to_dict("records") == [{"image": "A", "reader": "r1", "target": "yes", "lesion": ""}]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (("image,target,lesion", "A,yes,"), "no column reader"),
        (("image,reader,target", "A,r1,yes"), "no column lesion"),
        (("image,reader,target,lesion", "C,r1,yes,"), "image was not drawn in 1 row"),
        (("image,reader,target,lesion", "A,r1,maybe,"), "target is an unknown answer in 1 row"),
        (("image,reader,target,lesion", "A,,yes,"), "reader is empty beside an answer in 1 row"),
        (("image,reader,target,lesion,note", "A,r\udcfc1,yes,,"), "cannot be read as text"),
        (("image,reader,target,lesion", "A,r1,yes,", "A,r1,no,"), "image is answered twice by one reader in 1 row"),
    ],
)
def test_a_spoilt_sheet_stops_with_the_reason(tmp_path: Path, lines: tuple[str, ...], rule: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(lines) + "\n", errors="surrogateescape")
    with pytest.raises(StudyError, match=rule):
        read_answers(path, HEADS, {"A", "B"})


@pytest.mark.parametrize("name", ["reader_2.xlsx", "reader_2.CSV"])
def test_a_sheet_that_would_be_passed_over_stops(study: Path, name: str) -> None:
    folder = draw(study)
    (folder / name).write_bytes(b"")
    again = run(app, ["label", "read", str(folder), "--study", str(study)])
    assert again.exit_code == 2
    assert f"{name}: it is not a sheet of answers" in again.stderr


def test_one_reader_in_two_files_stops() -> None:
    sheet = pd.DataFrame({"image": ["A"], "reader": ["r1"], "target": ["yes"]})
    with pytest.raises(StudyError, match="answers of one reader to the same image"):
        merge_answers(empty_table(schemas.QC_LABELS), pd.concat([sheet, sheet]))


def test_draw_into_a_folder_with_answers_is_refused(study: Path) -> None:
    folder = draw(study)
    again = run(app, ["label", "draw", str(folder), "--study", str(study)])
    assert again.exit_code == 2
    assert "not empty" in again.stderr
