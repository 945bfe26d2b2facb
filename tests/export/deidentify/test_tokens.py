"""Nothing that identifies comes through: tokens planted everywhere, looked for everywhere afterwards."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pydicom import dcmread
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.export import summarise
from sonomics.export.deidentify import audit
from sonomics.export.deidentify.dataset import silence_pydicom
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from tests.export.planted import INSIDE, OUTSIDE, Tokens, secret_object

KEY = "7c" * 32
LIKE_A_TOKEN = re.compile(r"QX\d+ZK|9\d{5}753|1\.2\.840\.99\.753951")
PATIENT_ID, STUDY_UID, ACCESSION = "QX10001ZK", "1.2.840.99.753951", "QX10002ZK"


class Planted:
    """A study whose folder source holds an exam full of tokens, exported and audited."""

    def __init__(self, root: Path, source: Path) -> None:
        self.root, self.tokens = root, Tokens()
        dataset = secret_object(self.tokens)
        dataset.PatientID, dataset.StudyInstanceUID, dataset.AccessionNumber = PATIENT_ID, STUDY_UID, ACCESSION
        self.tokens.texts += [PATIENT_ID, STUDY_UID, ACCESSION]
        with silence_pydicom():
            dataset.save_as(source / "QX10003ZK.dcm", enforce_file_format=True)
        self.tokens.texts.append("QX10003ZK")
        self.original = dcmread(source / "QX10003ZK.dcm")
        self.case = Pseudonyms(bytes.fromhex(KEY)).case(PATIENT_ID)

    def found(self) -> dict[str, list[str]]:
        """Search data/, results/ and logs/ for the tokens: bytes in three encodings, contents, and file names."""
        hits: dict[str, list[str]] = {}
        for top in ("data", "results", "logs"):
            for path in sorted((self.root / top).rglob("*")):
                text = "\n".join([str(path.relative_to(self.root)), *contents(path)]) if path.is_file() else str(path)
                if found := sorted(set(LIKE_A_TOKEN.findall(text)) & {*self.tokens.texts}):
                    hits[str(path.relative_to(self.root))] = found
        return hits


def contents(path: Path) -> list[str]:
    """Read a file as text in every way that somebody might."""
    raw = path.read_bytes()
    utf_16 = raw.replace(b"\0", b"")
    texts = [raw.decode("latin-1"), raw.decode("utf-8", "ignore"), utf_16.decode("latin-1")]
    if path.suffix == ".parquet":
        texts.append(pd.read_parquet(path).to_json())
    if path.suffix == ".dcm":
        texts.append(str(dcmread(path)))
    if path.suffix == ".png":
        with Image.open(path) as image:
            texts.append(str(image.info))
    return texts


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    root, source = tmp_path_factory.mktemp("planted"), tmp_path_factory.mktemp("source")
    study = Planted(root, source)
    linkage = tmp_path_factory.mktemp("outside") / "linkage.csv"
    row = {"case": study.case, "patient_id": PATIENT_ID, "study_uid": STUDY_UID, "accession": ACCESSION}
    pd.DataFrame([{**row, "exam": "e1", "date": "20200101"}]).to_csv(linkage, index=False)
    (root / "data").mkdir()
    (root / "logs").mkdir()
    cohort = pd.DataFrame([{"patient": study.case, "case": study.case, "centre": "here", "split": "train"}])
    cohort.to_csv(root / "data/cohort.csv", index=False)
    export = {"source": "folder", "folder": {"root": str(source), "dicom": {"cohort": {}}}}
    settings = {"study": {"seed": 1, "chunks": 1}, "export": export}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("SONOMICS_KEY", KEY)
        patch.setenv("SONOMICS_LINKAGE", str(linkage))
        run("folder", settings, root / "logs/export.log")
        summarise.main(["--exams", "data/export/0", "--metrics", "results/metrics/export.json"])
        yield study


def run(source, settings, log):
    """Run the job as the workflow does, its messages going to its log."""
    command = [sys.executable, "-m", f"sonomics.export.{source}", "--settings", json.dumps(settings)]
    command += ["--cohort", "data/cohort.csv", "--chunk", "0", "--out", "data/export/0"]
    path = os.pathsep.join(map(str, sys.path))
    with log.open("wb") as messages:
        environment = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(command, stdout=messages, stderr=messages, check=False, env=environment)
    assert done.returncode == 0, log.read_text()


def test_the_tokens_are_in_the_original(planted):
    text = "\n".join(contents(Path(planted.original.filename)))
    missing = {*planted.tokens.texts} - {*LIKE_A_TOKEN.findall(text)} - {"QX10003ZK"}
    assert len(planted.tokens.texts) > 3000
    assert missing == set()


def test_no_token_leaves(planted):
    exported = planted.root / f"data/export/0/dicom/{planted.case}-e1-i1.dcm"
    assert exported.exists()
    assert json.loads((planted.root / "results/metrics/export.json").read_text())["files"] == 1
    assert planted.found() == {}


def test_what_the_study_needs_stays(planted):
    dataset = dcmread(planted.root / f"data/export/0/dicom/{planted.case}-e1-i1.dcm")
    assert (dataset.PatientID, dataset.PatientName) == (planted.case, planted.case)
    assert dataset.ManufacturerModelName == "SIM-A1"
    assert dataset.SequenceOfUltrasoundRegions[0].PhysicalDeltaX == pytest.approx(0.03)
    row = pd.read_parquet(planted.root / "data/export/0/changes.parquet").iloc[0]
    assert row["n__private"] >= 5
    assert row["text_lines"] == 1


def test_burned_in_tokens_are_gone(planted):
    before = planted.original.pixel_array
    after = dcmread(planted.root / f"data/export/0/dicom/{planted.case}-e1-i1.dcm").pixel_array
    assert not after[:60].any()
    assert (before[200:235, 200:360] == 250).sum() > 300
    assert (after[200:235, 200:360] >= 200).sum() == 0
    same = np.ones(after.shape, bool)
    same[:60], same[340:], same[:, :40], same[:, 472:] = False, False, False, False
    same[195:240, 190:370] = False
    np.testing.assert_array_equal(after[same], before[same])


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Debian's tesseract-ocr")
def test_tesseract_reads_the_tokens_before_and_not_after(planted):
    before = set(audit.read_words_of_frame(planted.original.pixel_array))
    assert {OUTSIDE, INSIDE} <= before
    exported = planted.root / f"data/export/0/dicom/{planted.case}-e1-i1.dcm"
    assert audit.read_words(exported) == []


def test_the_audit_shows_before_and_after_in_work_alone(planted, params):
    export = {"source": "folder", "folder": {"root": str(Path(planted.original.filename).parent)}}
    export["folder"]["dicom"] = {"cohort": {"centre": "here", "split": {"train": "2000-01-01"}}}
    (planted.root / "params.yaml").write_text(yaml.safe_dump({**params, "export": export}))
    done = CliRunner().invoke(app, ["audit"])
    assert done.exit_code == 0, done.output
    page = (planted.root / "work/audit/index.html").read_text()
    held = [planted.root / "work/audit", *(planted.root / "work/audit").iterdir()]
    assert [path.name for path in held if path.stat().st_mode & 0o077] == []
    assert page.count("data:image/png;base64,") == 2
    assert "SIM-A1" in page
    assert planted.found() == {}


@pytest.mark.ci
def test_no_token_comes_through_the_clean_phase(planted, params):
    from sonomics.clean import clean_chunk

    settings = {"clean": {**params["clean"], "views": {"grey": {"from": "still"}}}}
    clean_chunk.main(
        [
            *("--settings", json.dumps(settings), "--exams", "data/export/0", "--frames", "data/clean/0/frames"),
            *("--images", "data/clean/0/images.parquet", "--curves", "data/clean/0/curves.parquet"),
        ]
    )
    pictures = sorted(Path("data/clean").rglob("*.png"))
    assert pictures
    assert planted.found() == {}
    if audit.can_read():
        assert [list(audit.read_words_of_frame(np.asarray(Image.open(picture)))) for picture in pictures] == [[]]
