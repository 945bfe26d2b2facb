"""The simulator as a source of `export`."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pytest

from sonomics.core import schemas
from sonomics.core.cohort import chunk_of
from sonomics.core.errors import StudyError
from sonomics.core.images import read_mask
from sonomics.core.tables import read_table
from sonomics.export.simulator import main
from sonomics.kinds.sources.simulator import Simulator
from sonomics.simulate.cohorts.liver import draft_cohort

SETTINGS = {"study": {"seed": 3, "chunks": 2}}
CHUNK = 0


def export(cohort: pd.DataFrame, folder: Path, chunk: int = CHUNK) -> Path:
    folder.mkdir(exist_ok=True)
    cohort.to_csv(folder / "cohort.csv", index=False)
    out = Path("data/export") / str(chunk)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        argv = ["--settings", json.dumps(SETTINGS), "--cohort", "cohort.csv", "--chunk", str(chunk), "--out", str(out)]
        main(argv)
    return folder / out


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return draft_cohort(Simulator.partial({"patients": {"train": 6, "internal": 2}, "repeat_outlines": 5}), seed=3)


@pytest.fixture(scope="module")
def exported(cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(cohort, tmp_path_factory.mktemp("study"))


def members(cohort: pd.DataFrame) -> pd.DataFrame:
    return cohort[[chunk_of(patient, 2) == CHUNK for patient in cohort["patient"]]]


def test_the_manifest_lists_what_lies_there(exported: Path, cohort: pd.DataFrame) -> None:
    manifest = read_table(exported / "manifest.parquet", schemas.MANIFEST)
    assert set(manifest["case"]) == set(members(cohort)["case"])
    assert sorted(path.stem for path in (exported / "dicom").iterdir()) == manifest["stem"].tolist()
    for _, row in manifest.iterrows():
        dataset = pydicom.dcmread(exported.parents[2] / row["file"])
        frames = int(dataset.get("NumberOfFrames", 1))
        assert (row["frames"], row["rows"], row["columns"]) == (frames, dataset.Rows, dataset.Columns)
        assert row["device"] == dataset.ManufacturerModelName
        assert row["patient"] == dataset.PatientID
        assert row["bytes"] == (exported.parents[2] / row["file"]).stat().st_size
    assert (manifest["reason"] == "").all()


def test_outlines_fit_their_frames(exported: Path, cohort: pd.DataFrame) -> None:
    manifest = read_table(exported / "manifest.parquet", schemas.MANIFEST).set_index("stem")
    masks = sorted((exported / "outlines").rglob("*.png"))
    for path in masks:
        mask = read_mask(path)
        assert mask.shape == (manifest.loc[path.stem, "rows"], manifest.loc[path.stem, "columns"])
        assert 0.001 < mask.mean() < 0.3
    repeated = {path.stem.split("-")[0] for path in masks if path.parts[-3:-1] == ("reader_2", "1")}
    expected = members(cohort).query("sim_repeat == 1")["case"]
    assert repeated == set(expected)
    assert repeated


def test_the_same_study_gives_the_same_bytes_whatever_the_outcomes(
    exported: Path, cohort: pd.DataFrame, tmp_path: Path
) -> None:
    order = np.random.default_rng(0).permutation(len(cohort))
    permuted = cohort.assign(
        time=cohort["time"].to_numpy()[order], event=1 - cohort["event"], split="internal", sim_risk=0.0
    )
    assert content(export(permuted, tmp_path)) == content(exported)


def test_a_new_patient_changes_no_other(exported: Path, cohort: pd.DataFrame, tmp_path: Path) -> None:
    fewer = cohort[cohort["case"] != members(cohort)["case"].iloc[0]]
    before, after = content(exported), content(export(fewer, tmp_path))
    kept = {name for name in after if not name.endswith(".parquet")}
    assert kept < set(before)
    assert all(after[name] == before[name] for name in kept)


def test_an_empty_chunk_has_an_empty_manifest(cohort: pd.DataFrame, tmp_path: Path) -> None:
    absent = export(cohort.drop(members(cohort).index), tmp_path)
    assert read_table(absent / "manifest.parquet", schemas.MANIFEST).empty


def test_a_cohort_without_planted_truth_stops_the_study(cohort: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="sim_margin"):
        export(cohort.drop(columns="sim_margin"), tmp_path)
    assert not (tmp_path / "data" / "export" / str(CHUNK)).exists()
