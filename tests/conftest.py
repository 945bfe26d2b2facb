"""Fixtures that every test may use."""

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ci", action="store_true", help="also run the tests marked ci")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the one whole run on one worker; skip, with a reason, what this machine is not asked to run."""
    reasons = {
        "ci": None if config.getoption("--ci") else "a whole run or dvc repro: give --ci",
        "realdata": None if os.environ.get("SONOMICS_REALDATA") else "needs real images: set SONOMICS_REALDATA",
    }
    for item in items:
        if {"smoke", "clone"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("smoke"))
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


class Study:
    """A study directory, and the workflow run in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake here; the caller looks at the exit code."""
        command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), *arguments]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path}
        return subprocess.run(command, cwd=self.path, text=True, capture_output=True, check=False, env=environment)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake here and insist on success."""
        done = self.snakemake(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done


def copy_study(name: str, to: Path) -> Study:
    """Copy what Git knows of a study, without results."""
    source = ROOT / "studies" / name
    (to / "data" / "outlines").mkdir(parents=True)
    for file in ("params.yaml", "dvc.yaml", "data/cohort.csv", "data/qc_labels.csv"):
        shutil.copy(source / file, to / file)
    return Study(to)


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The smoke study, run once from exams to report; tests may look, not touch."""
    study = copy_study("smoke", tmp_path_factory.mktemp("smoke"))
    study.run("--cores", "2", "--", "results/report.html")
    return study


@pytest.fixture(scope="session")
def plan(smoke: Study) -> Callable[[str], list[dict[str, str]]]:
    """What Snakemake would do for one phase alone after the whole run: a row an output file."""

    @cache
    def rows(phase: str) -> list[dict[str, str]]:
        target = f"results/metrics/{phase}.json"
        done = smoke.run("--config", f"phase={phase}", "--detailed-summary", "--", target)
        return list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))

    return rows


@pytest.fixture
def params() -> dict:
    """The parameters of the smoke study."""
    return yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())


@pytest.fixture
def schema() -> dict:
    """The schema of params.yaml."""
    return yaml.safe_load((ROOT / "workflow/schemas/params.schema.yaml").read_text())


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Path]:
    """Stand in an empty directory, as a job stands in its study."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
