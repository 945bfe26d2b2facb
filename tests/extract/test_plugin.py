"""A feature family from an installed package is planned and extracted like one that comes with sonomics."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sonomics.core import schemas
from sonomics.core.tables import read_table, write_table
from sonomics.kinds.families import FAMILIES
from tests.conftest import copy_study
from tests.extract.test_pyradiomics import crop_row
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


def test_snakemake_runs_the_packages_module_and_reruns_it_after_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = toy.write_package(tmp_path / "package")
    monkeypatch.setenv("PYTHONPATH", str(package))
    study = copy_study("smoke", tmp_path / "study")
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["extract"]["families"]["size"] = AREA
    (study.path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    planned = study.run("--dry-run", "--printshellcmds", "--", "results/metrics/extract.json").stdout
    commands = [line for line in planned.splitlines() if "python -m toy_kinds.area" in line]
    assert len(commands) == 2
    assert all("--family size --crops data/crop/main/" in command for command in commands)
    assert "toy_kinds/area.py" in planned
    assert '"unit": 100' in commands[0]
