"""The audit's page: per device a contact sheet, counts, and the words that are still read."""

import json
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import yaml
from pydicom.uid import UltrasoundMultiFrameImageStorage
from typer.testing import CliRunner

from sonomics.cli import app
from sonomics.core.files import read_json
from sonomics.core.images import write_png
from sonomics.core.settings.export import Limits
from sonomics.export import folder
from sonomics.export.deidentify import audit
from sonomics.imaging.burned_in_text.recall import describe_misses
from tests.clean.dicom_files import dataset
from tests.clean.dicom_files import written as dicom_bytes
from tests.export.planted import speckle, written

DEVICES = {"P1": "Alpha 1", "P2": "Alpha 1", "P3": "Sigma 2"}


@pytest.fixture
def study(tmp_path, params, monkeypatch):
    """Three exported pictures of two scanners; on the last one a word came back."""
    source, root = tmp_path / "source", tmp_path / "study"
    rows = [{"case": case, "file": f"{case}.png", "device": device} for case, device in DEVICES.items()]
    for number, row in enumerate(rows):
        write_png(source / row["file"], speckle(number)[0])
    pd.DataFrame(rows).to_csv(source / "table.csv", index=False)
    listed = {
        "root": str(source), "table": "table.csv", "view": "grey", "columns": {"patient": "case", "device": "device"},
        "images": "{file}",
        "cohort": {"centre": "c", "split": {"column": "case", "values": {"train": ["P1"]}}, "columns": {}},
    }  # fmt: skip
    (root / "data").mkdir(parents=True)
    (root / "params.yaml").write_text(yaml.safe_dump({**params, "export": {"source": "folder", "folder": listed}}))
    cohort = pd.DataFrame([{"patient": case, "case": case, "centre": "c", "split": "train"} for case in DEVICES])
    cohort.to_csv(root / "data/cohort.csv", index=False)
    monkeypatch.chdir(root)
    settings = json.dumps({"study": {"seed": 1, "chunks": 1}, "export": {"source": "folder", "folder": listed}})
    folder.main(["--settings", settings, "--cohort", "data/cohort.csv", "--chunk", "0", "--out", "data/export/0"])
    back = written(np.zeros((384, 512), np.uint8), (200, 200), "RESIDUAL77")
    write_png(root / "data/export/0/images/P3-e1-i1.png", back)
    return root


def section(page, device):
    return re.split(r"<h2>", page.partition(f"<h2>{device}</h2>")[2])[0]


def test_each_device_has_its_sheet_and_its_counts(study, monkeypatch):
    monkeypatch.setattr(audit, "can_read", lambda: False)
    done = CliRunner().invoke(app, ["audit"])
    assert done.exit_code == 0, done.output
    page = (study / "work/audit/index.html").read_text()
    assert "was <strong>not read</strong>" in page
    for device, files in {"Alpha 1": 2, "Sigma 2": 1}.items():
        own = section(page, device)
        assert f"{files} files." in own
        assert own.count('alt="before"') == own.count('alt="after"') == files
        assert f"Text removed inside it: {files} files" in own


def test_words_that_are_still_read_are_listed(study):
    if not audit.can_read():
        pytest.skip("needs Debian's tesseract-ocr")
    assert CliRunner().invoke(app, ["audit"]).exit_code == 0
    page = (study / "work/audit/index.html").read_text()
    assert "RESIDUAL77" in section(page, "Sigma 2")
    assert "it read words in 0 and none in 2" in section(page, "Alpha 1")
    assert read_json(study / "work/audit/summary.json")["Sigma 2"] == {
        "files": 1, "shown_to_tesseract": 1, "tesseract_read_words": 1, "tesseract_read_none": 0
    }  # fmt: skip


@pytest.mark.parametrize("detector", ["strokes", "network"])
def test_what_the_detector_misses_is_said_and_nothing_read_is_no_zero(study, monkeypatch, detector):
    monkeypatch.setattr(audit, "can_read", lambda: False)
    params = yaml.safe_load((study / "params.yaml").read_text())
    params["export"]["deidentify"] = {"text_detector": detector}
    (study / "params.yaml").write_text(yaml.safe_dump(params))
    done = CliRunner().invoke(app, ["audit"])
    assert done.exit_code == 0, done.output
    misses = describe_misses(detector)
    assert "faint on tissue, turned by 45 degrees" in misses
    assert f"nothing was read; a person may read more. Text detector {detector}: {misses}" in done.output
    assert misses in (study / "work/audit/index.html").read_text()
    counts = read_json(study / "work/audit/summary.json")["Alpha 1"]
    assert counts == {"files": 2, "shown_to_tesseract": 0, "tesseract_read_words": None, "tesseract_read_none": None}


def test_only_as_many_as_asked_for_are_shown(study, monkeypatch):
    monkeypatch.setattr(audit, "can_read", lambda: False)
    assert CliRunner().invoke(app, ["audit", "--shown", "1"]).exit_code == 0
    assert section((study / "work/audit/index.html").read_text(), "Alpha 1").count('alt="after"') == 1


def test_a_clip_of_any_length_takes_the_memory_of_a_frame(tmp_path):
    peaks = []
    for frames in (10, 80):
        pixels = np.random.default_rng(0).integers(0, 255, (frames, 200, 300), dtype=np.uint8)
        made = dataset(pixels, SOPClassUID=UltrasoundMultiFrameImageStorage, SOPInstanceUID="1.2.3")
        file = tmp_path / f"{frames}.dcm"
        file.write_bytes(dicom_bytes(made))
        tracemalloc.start()
        pair = audit.read_pair(file, {"1.2.3": file}, Limits.partial({}))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (pair.exported == pixels[frames // 2]).all()
        assert (pair.original == pair.exported).all()
    assert peaks[1] < 1.3 * peaks[0]
    assert audit.read_pair(file, {"1.2.3": file}, Limits.partial({"object_mb": 1})).original is None
