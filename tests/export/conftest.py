"""A hospital in small: three patients, four exams, and a study that wants them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from pydicom.dataset import Dataset
from typer.testing import CliRunner

from sonomics.cli import app
from tests.conftest import ROOT
from tests.export.orthanc import Orthanc, installed, orthanc, with_identity

KEY = "5a" * 32
STUDY = {"seed": 1, "chunks": 1}
EXAMS = (("HOSP7", "20180301", "1"), ("HOSP7", "20220401", "2"), ("HOSP8", "20191231", "1"), ("HOSP9", "20200101", "1"))
IMAGES = 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("pacs") and not installed():
            item.add_marker(pytest.mark.skip(reason="needs Debian's orthanc and orthanc-dicomweb"))


def exam(patient_id: str, date: str, number: str, images: int = IMAGES) -> list[Dataset]:
    """An exam of small stills, each with its own speckle inside a sector-like box on black."""
    made = []
    for image in range(1, images + 1):
        frames = np.zeros((1, 96, 128), np.uint8)
        generator = np.random.default_rng([image, int(date), *patient_id.encode()])
        frames[0, 10:86, 14:114] = generator.integers(20, 236, (76, 100))
        instance = SimpleNamespace(
            stem=f"{patient_id}-e{number}-i{image}", frames=frames, description="grey-scale", device="SIM-A1",
            bounds=(10, 14, 85, 113), mm_per_pixel=0.3, times_s=None,
        )  # fmt: skip
        made.append(with_identity(instance, patient_id, date, number))
    return made


@pytest.fixture(scope="session")
def hospital() -> list[Dataset]:
    return [dataset for which in EXAMS for dataset in exam(*which)]


@pytest.fixture(scope="session")
def pacs(hospital: list[Dataset], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as server:
        server.load(hospital)
        yield server


class Site:
    """A study directory as a user has it, with key and linkage outside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.linkage = path.parent / "linkage.csv"

    def state(self, source: str, section: dict, **export: object) -> dict:
        """Write params.yaml with this source."""
        params = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
        params["export"] = {"source": source, source: section, **export}
        params["study"]["chunks"] = 1
        (self.path / "params.yaml").write_text(yaml.safe_dump(params))
        return params

    def command(self, *words: str):
        return CliRunner().invoke(app, [*words, "--study", str(self.path)])

    def arguments(self, params: dict, chunk: int = 0) -> list[str]:
        settings = {"study": {"seed": 1, "chunks": params["study"]["chunks"]}, "export": params["export"]}
        return [
            *("--settings", json.dumps(settings), "--cohort", "data/cohort.csv"),
            *("--chunk", str(chunk), "--out", f"data/export/{chunk}"),
        ]

    def forget_export(self) -> None:
        shutil.rmtree(self.path / "data" / "export")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    path = tmp_path / "study"
    path.mkdir()
    site = Site(path)
    monkeypatch.chdir(path)
    monkeypatch.setenv("SONOMICS_KEY", KEY)
    monkeypatch.setenv("SONOMICS_LINKAGE", str(site.linkage))
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"SONOMICS_PACS_{name}", raising=False)
    return site
