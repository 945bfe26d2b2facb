"""A file format of outlines from an installed package is planned and read like one that comes with sonomics."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_study
from tests.crop.chunk import Chunk
from tests.kinds import toy

NAME = "P1-e1-i1"


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    with toy.installed(tmp_path / "package") as folder:
        yield folder


def test_a_crop_is_cut_along_an_outline_of_the_packages_format(package: Path, tmp_path: Path) -> None:
    chunk = Chunk(tmp_path)
    chunk.image(f"{NAME}-f0")
    folder = tmp_path / "own" / "reader_1" / "1"
    folder.mkdir(parents=True)
    (folder / "session.rect.txt").write_text(f"{NAME} 30 20 12 10\n")
    row = chunk.crop().loc[f"{NAME}-f0", "reader_1", "1"]
    assert row["keep"]
    assert row["outline_pixels"] == 12 * 10


def test_an_edit_of_the_package_reruns_the_crops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = toy.write_package(tmp_path / "package")
    monkeypatch.setenv("PYTHONPATH", str(package))
    study = copy_study("smoke", tmp_path / "study")
    inputs = ("export/0", "clean/0/images.parquet", "clean/0/frames", "clean/0/verdicts.parquet")
    outputs = ("crop/main/0/pixels", "crop/main/0/sheet.png", "crop/main/0/crops.parquet")
    for file in (*inputs, *outputs):
        (study.path / "data" / file).mkdir(parents=True)
    module = package / toy.NAME / "rectangles.py"
    os.utime(module, (time.time() + 60,) * 2)
    planned = study.run("--dry-run", "--config", "phase=crop", "--", "data/crop/main/0/crops.parquet").stdout
    assert f"Updated input files: {module}" in planned
