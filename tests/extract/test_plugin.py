"""A feature family from an installed package is planned and extracted like one that comes with sonomics."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sonomics.core import schemas
from sonomics.core.tables import read_table, write_table
from sonomics.kinds.families import FAMILIES
from tests.conftest import Study, copy_study
from tests.extract.crops_of_chunk import crop_row
from tests.kinds import toy

AREA = {"kind": "area", "unit": 100}


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    with toy.installed(tmp_path / "package") as folder:
        yield folder


def test_the_packages_job_extracts_the_family(package: Path, tmp_path: Path) -> None:
    rows = [crop_row(1, tmp_path), crop_row(2, tmp_path, keep=False)]
    crops, out = tmp_path / "crops.parquet", tmp_path / "features.parquet"
    write_table(pd.DataFrame(rows, columns=list(schemas.CROPS.columns)), crops, schemas.CROPS)
    settings = json.dumps({"study": {"seed": 1}, "extract": {"families": {"size": AREA}}})
    FAMILIES.build("area")(["--settings", settings, "--family", "size", "--crops", str(crops), "--out", str(out)])
    features = read_table(out, schemas.FEATURES)
    assert features["case"].tolist() == ["P1"]
    assert features["size__area"].tolist() == [16 * 20 / 100]


def study_with_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Make a study that has a family of the package, which the workflow finds on its path."""
    monkeypatch.setenv("PYTHONPATH", str(toy.write_package(folder / "package")))
    study = copy_study("smoke", folder / "study")
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["extract"]["families"]["size"] = AREA
    (study.path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    return study


def test_snakemake_runs_the_packages_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_with_package(tmp_path, monkeypatch)
    planned = study.run("--dry-run", "--printshellcmds", "--", "results/metrics/extract.json").stdout
    commands = [line for line in planned.splitlines() if "python -m toy_kinds.area" in line]
    assert len(commands) == 2
    assert all("--family size --crops data/crop/main/" in command for command in commands)
    assert '"unit": 100' in commands[0]


def test_an_edit_of_the_package_reruns_its_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_with_package(tmp_path, monkeypatch)
    for file in ("crop/main/0/crops.parquet", "crop/main/0/pixels", "features/main/size/0.parquet"):
        (study.path / "data" / file).mkdir(parents=True)
    module = tmp_path / "package" / toy.NAME / "area.py"
    os.utime(module, (time.time() + 60,) * 2)
    planned = study.run("--dry-run", "--config", "phase=extract", "--", "data/features/main/size/0.parquet").stdout
    assert f"Updated input files: {module}" in planned
