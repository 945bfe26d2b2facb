"""Names planted in folders, file names and cells: no message, log, result or terminal may show one."""

import json
import logging
import os
import stat
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sonomics.core.errors import StudyError
from sonomics.core.settings.export import Limits
from sonomics.export import folder, summarise
from sonomics.export.clinical.tables import check_column
from sonomics.export.files import walk
from sonomics.export.files.left_out import LEFT_OUT
from sonomics.export.files.listing import name_images
from tests.export.conftest import EXAMS, exam
from tests.export.test_folder import COHORT, TABLE, TYPED

NAMES = ("Dupont", "Marie", "Szczepanski", "Lindqvist", "HOSP7", "HOSP8", "HOSP9")


def leaks(text):
    return [name for name in NAMES if name.lower() in text.lower()]


@pytest.fixture
def media(site):
    """A folder of DICOM files and of whatever else lies on a disc, each under the name of a patient."""
    root = site.path.parent / "media"
    (root / "Dupont Marie").mkdir(parents=True)
    for number, dataset in enumerate(exam(*EXAMS[0])):
        dataset.save_as(root / "Dupont Marie" / f"IM{number}", enforce_file_format=True)
    volume = exam(*EXAMS[2])[0]
    volume.SOPClassUID = "1.2.840.10008.5.1.4.1.1.6.2"
    volume.save_as(root / "Szczepanski.dcm", enforce_file_format=True)
    huge = exam(*EXAMS[3])[0]
    huge.Rows = 60000
    huge.NumberOfFrames = "2000"
    huge.save_as(root / "Lindqvist.dcm", enforce_file_format=True)
    (root / "Lindqvist.txt").write_text("not an image")
    (root / "Marie dangling").symlink_to(root / "Dupont nowhere")
    (root / "Marie loop").symlink_to(root)
    os.mkfifo(root / "Dupont.pipe")
    (root / "Marie closed").mkdir()
    (root / "Marie {broken}.dcm").write_bytes((root / "Dupont Marie" / "IM0").read_bytes()[:700])
    with zipfile.ZipFile(root / "Dupont.zip", "w") as archive:
        archive.writestr("//Szczepanski.dcm", (root / "Szczepanski.dcm").read_bytes())
        archive.writestr("../Marie.txt", b"no")
    return root


def test_no_name_of_a_folder_of_dicom_files_comes_out(site, media, monkeypatch, caplog, capfd):
    listed = os.listdir

    def refuse(path):
        if Path(path).name == "Marie closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(walk.os, "listdir", refuse)
    caplog.set_level(logging.DEBUG)
    params = site.state("folder", {"root": str(media), "dicom": {"cohort": COHORT}})
    drafted = site.command("query")
    assert drafted.exit_code == 0, drafted.output
    assert "left out 1 file: no permission" in drafted.output
    assert "left out 1 file: a link that leads nowhere" in drafted.output
    folder.main(site.arguments(params))
    summarise.main(["--exams", "data/export/0", "--metrics", "results/metrics/export.json"])
    out, err = capfd.readouterr()
    assert not leaks(drafted.output + out + err + caplog.text)
    assert not leaks(Path("results/metrics/export.json").read_text())
    assert not leaks("".join(str(path) for path in Path("data").rglob("*")))
    assert not any(leaks(path.read_bytes().decode("latin-1")) for path in Path("data").rglob("*") if path.is_file())
    manifest = pd.read_parquet("data/export/0/manifest.parquet")
    assert manifest["reason"].value_counts().to_dict() == {"": 3, "volume": 1, "over_limit": 1}
    left = pd.read_csv(LEFT_OUT)
    assert str(media / "Lindqvist.txt") in set(left["file"])
    assert stat.S_IMODE(LEFT_OUT.stat().st_mode) == 0o600
    assert sorted(left["reason"]).count("not DICOM") == 2


def test_a_table_without_a_header_shows_no_cell(capsys):
    headless = pd.DataFrame([["2", "GE"]], columns=["Dupont Marie", "1951-03-04"])
    with pytest.raises(StudyError) as stopped:
        name_images(headless, TYPED)
    assert not leaks(str(stopped.value))
    with pytest.raises(StudyError) as stopped:
        check_column(headless, "MRN", "params.yaml")
    assert not leaks(str(stopped.value))
    assert "1951" not in str(stopped.value)


def test_a_column_written_otherwise_is_told():
    with pytest.raises(StudyError, match="write 'patient_ID'"):
        check_column(pd.DataFrame(columns=["patient_ID"]), "PatientID", "params.yaml")


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("Case", "Dupont" * 50, "line 3: the name of a patient or case is longer"),
        ("Spacing", "Dupont", "line 3: the spacing is not a length"),
        ("Case", "1 Dupont", "both would get the same name"),
    ],
)
def test_a_wrong_cell_is_told_by_its_line(column, value, rule):
    table = TABLE.copy()
    table.loc[1, column] = value
    if "same name" in rule:
        table.loc[2, column] = value.replace(" ", "_")
    with pytest.raises(StudyError, match=rule) as stopped:
        name_images(table, TYPED)
    assert not leaks(str(stopped.value))


def test_a_cell_cannot_lead_out_of_the_folder(tmp_path, monkeypatch, caplog):
    from tests.export.test_folder import Source

    monkeypatch.setenv("US_FOLDER", str(tmp_path))
    source = Source(tmp_path)
    Image.new("L", (40, 30), 90).save(tmp_path / "Dupont.png")
    table = TABLE.assign(File=["../Dupont.png", str(tmp_path / "Dupont.png"), *TABLE["ID"][2:]])
    table.to_csv(source.set / "table.csv", index=False)
    manifest, _ = source.export(images="{File}", outlines={})
    assert list(manifest["reason"][:2]) == ["unreadable"] * 2
    assert not leaks(caplog.text)


def test_limits_have_units():
    described = {name: field.description for name, field in Limits.model_fields.items()}
    assert json.dumps(described).count("MB") >= 3
