"""Whole exports from a real PACS: Debian's Orthanc, by DICOMweb, C-GET and C-MOVE."""

import json
import logging
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from sonomics.core import schemas
from sonomics.core.tables import read_table
from sonomics.export import dicomweb, dimse
from tests.conftest import Study
from tests.export.conftest import EXAMS, IMAGES
from tests.export.orthanc import AE_TITLE, OUR_AE_TITLE, PASSWORD, USER, with_identity

COHORT = {"centre": "north", "split": {"train": "2018-01-01", "internal": "2020-01-01"}}
QUERY = {"dates": ["2018-01-01", "2022-12-31"], "modality": "US", "description": "liver*"}

pytestmark = pytest.mark.pacs


def section(pacs, way):
    common = {"query": QUERY, "cohort": COHORT, "retries": 1, "pause_s": 0, "timeout_s": 20}
    if way == "dicomweb":
        return "dicomweb", {"url": pacs.url, **common}
    return "dimse", {
        "host": "127.0.0.1", "port": pacs.dicom, "ae_title": OUR_AE_TITLE, "called_ae_title": AE_TITLE,
        "retrieve": way, "store_port": pacs.store_port, "store_host": "127.0.0.1", **common,
    }  # fmt: skip


@pytest.fixture
def password(site, monkeypatch):
    monkeypatch.setenv("SONOMICS_PACS_USER", USER)
    monkeypatch.setenv("SONOMICS_PACS_PASSWORD", PASSWORD)


@pytest.mark.parametrize("way", ["dicomweb", "get", "move"])
@pytest.mark.usefixtures("password")
def test_from_query_to_manifest_and_a_second_run_fetches_nothing(site, pacs, way, caplog):
    source, settings = section(pacs, way)
    params = site.state(source, settings)
    drafted = site.command("query")
    assert drafted.exit_code == 0, drafted.output
    cohort = pd.read_csv("data/cohort.csv", dtype=str)
    assert sorted(cohort["split"]) == ["internal", "train", "train"]
    linkage = pd.read_csv(site.linkage, dtype=str).set_index("case")
    assert set(linkage["patient_id"]) == {"HOSP7", "HOSP8", "HOSP9"}
    job = {"dicomweb": dicomweb, "dimse": dimse}[source].main
    with caplog.at_level(logging.INFO):
        job(site.arguments(params))
    assert f"received {len(EXAMS) * IMAGES} images" in caplog.text
    manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
    assert (manifest["reason"] == "").all()
    assert manifest.groupby("case").size().to_dict() == {
        case: IMAGES * count for case, count in linkage.groupby("case").size().items()
    }
    for row in manifest.itertuples():
        assert dcmread(row.file).PatientID == row.case
    first = {path: path.read_bytes() for path in (site.path / "data/export").rglob("*") if path.is_file()}
    for name in [*linkage["patient_id"], *linkage["study_uid"], *linkage["accession"], "Dupont"]:
        assert not any(name.encode() in content for content in first.values())
        assert name not in caplog.text
    site.forget_export()
    pacs_down = {**params, "export": {**params["export"], source: {**settings, "url": "http://127.0.0.1:9", "port": 9}}}
    job(site.arguments(pacs_down))
    assert first == {path: path.read_bytes() for path in first}


@pytest.mark.usefixtures("password")
def test_the_workflow_exports_from_the_pacs_chunk_by_chunk(site, pacs):
    source, settings = section(pacs, "dicomweb")
    params = site.state(source, settings)
    params["study"]["chunks"] = 3
    (site.path / "params.yaml").write_text(yaml.safe_dump(params))
    site.command("query")
    cohort = pd.read_csv("data/cohort.csv", dtype=str)
    labelled = cohort.sort_values("split").assign(time=["20", "20", "6"], event=["0", "0", "1"])
    labelled.to_csv("data/cohort.csv", index=False)
    target = "results/metrics/export.json"
    Study(site.path).run("--cores", "2", "--config", "phase=export", "--", target)
    counts = json.loads((site.path / target).read_text())
    assert (counts["patients"], counts["exams"], counts["files"]) == (3, len(EXAMS), len(EXAMS) * IMAGES)
    assert counts["set_aside"] == {}
    told = "".join(path.read_text() for path in (site.path / "logs").rglob("*.log"))
    assert "images/s" in told
    for name in ("HOSP", "Dupont", PASSWORD, "5a5a5a", *pd.read_csv(site.linkage, dtype=str)["study_uid"]):
        assert name not in told


def clip() -> Dataset:
    """A contrast clip as scanners keep it: several frames, compressed."""
    frames = np.zeros((4, 96, 128), np.uint8)
    ramp = np.linspace(40, 120, 100)  # smooth, so that nothing in it is taken for writing
    frames[:, 10:86, 14:114] = ramp + 20 * np.arange(4)[:, None, None]
    instance = SimpleNamespace(
        stem="HOSP5-e1-i1", frames=frames, description="contrast", device="SIM-A1", bounds=(10, 14, 85, 113),
        mm_per_pixel=0.3, times_s=np.array([0.0, 10.0, 20.0, 30.0]),
    )  # fmt: skip
    dataset = with_identity(instance, "HOSP5", "20210101")
    dataset.StudyDescription = "Clip"
    dataset.compress(RLELossless, generate_instance_uid=False)
    return dataset


@pytest.mark.parametrize("way", ["dicomweb", "get", "move"])
@pytest.mark.usefixtures("password")
def test_a_compressed_clip_comes_through_frame_by_frame(site, pacs, way):
    original = clip()
    pacs.load([original])
    source, settings = section(pacs, way)
    params = site.state(source, {**settings, "query": {**QUERY, "description": "Clip"}})
    asked = site.command("query")
    assert asked.exit_code == 0, asked.output
    {"dicomweb": dicomweb, "dimse": dimse}[source].main(site.arguments(params))
    manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
    assert manifest["frames"].tolist() == [4]
    left = dcmread(manifest["file"].iloc[0])
    assert (left.pixel_array == original.pixel_array).all()
    assert left.get("FrameTimeVector") == original.get("FrameTimeVector")
