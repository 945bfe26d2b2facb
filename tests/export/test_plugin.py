"""A source of an installed package is planned, and its job exports a chunk."""

import json
from pathlib import Path

import pytest
import yaml

from sonomics.core import schemas
from sonomics.core.registry import load
from sonomics.core.tables import read_table
from sonomics.kinds.sources import SOURCES
from tests.conftest import Study, copy_study
from tests.kinds import toy


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The smoke study, whose exams come from the toy source."""
    copied = copy_study("smoke", tmp_path / "study")
    file = copied.path / "params.yaml"
    params = yaml.safe_load(file.read_text(encoding="utf-8"))
    params["export"] = {"source": "twin", "twin": {"patients": {"train": 4}}}
    file.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    return copied


def test_the_job_of_a_packages_source_is_planned(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(toy.write_package(tmp_path / "package")))
    plan = study.run("-n", "-p", "--", "results/metrics/export.json").stdout
    jobs = [line for line in plan.splitlines() if "python -m toy_kinds.twin" in line]
    assert len(jobs) == 2
    assert all('"source": "twin"' in line for line in jobs)


def test_the_job_of_a_packages_source_exports_a_chunk(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "exported"
    settings = {"study": {"seed": 42, "chunks": 2}, "export": {"source": "twin", "twin": {"patients": {"train": 4}}}}
    cohort = study.path / "data" / "cohort.csv"
    with toy.installed(tmp_path / "package"):
        main = load(SOURCES.get("twin").builder)
        main([f"--settings={json.dumps(settings)}", f"--cohort={cohort}", "--chunk=0", f"--out={out}"])
    manifest = read_table(out / "manifest.parquet", schemas.MANIFEST)
    assert len(manifest)
    assert all((out / "dicom" / Path(file).name).exists() for file in manifest["file"])


def test_without_the_package_the_study_stops_before_any_work(study: Study) -> None:
    refused = study.snakemake("-n", "--", "results/metrics/export.json")
    assert refused.returncode != 0
    assert "twin" in refused.stdout + refused.stderr
