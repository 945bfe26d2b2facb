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

import hypothesis
import pytest
import yaml
from filelock import FileLock

from sonomics.core.pins import set_pins
from tests.skips import ForbiddenSkips

set_pins()  # before a test imports a library

ROOT = Path(__file__).resolve().parents[1]
# A first call may import a library; how long an example takes is nothing that a test may fail by.
hypothesis.settings.register_profile("sonomics", deadline=None)
hypothesis.settings.load_profile("sonomics")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ci", action="store_true", help="also run the tests marked ci, pacs or browser")
    parser.addoption("--forbid-skips", action="store_true", help="a test that is skipped fails")
    parser.addoption(
        "--allow-skip", action="append", default=[], metavar="WORDS", help="but not one whose reason holds these words"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--forbid-skips"):
        config.pluginmanager.register(ForbiddenSkips(config.getoption("--allow-skip")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with a reason, what this machine is not asked or not able to run."""
    reasons = {
        "ci": None if config.getoption("--ci") else "a whole run or dvc repro: give --ci",
        "pacs": None if config.getoption("--ci") else "a PACS is started: give --ci",
        "browser": _without_browser(config),
        "realdata": None if os.environ.get("SONOMICS_REALDATA") else "needs real images: set SONOMICS_REALDATA",
    }
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _without_browser(config: pytest.Config) -> str | None:
    if not config.getoption("--ci"):
        return "a browser is started: give --ci"
    return None if shutil.which("chromium") else "needs chromium on the path (Debian: chromium)"


class Study:
    """A study directory, and the workflow run in it."""

    def __init__(self, path: Path, engine: Path = ROOT) -> None:
        self.path = path
        self.engine = engine

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake here; the caller looks at the exit code."""
        command = [sys.executable, "-m", "snakemake", "-s", str(self.engine / "Snakefile"), *arguments]
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
    for file in ("params.yaml", "dvc.yaml", "data/cohort.csv", "data/qc_labels.csv", "data/readers.csv"):
        shutil.copy(source / file, to / file)
    return Study(to)


def keep_binary(params: dict) -> dict:
    """Take the survival task of the smoke study out, with its models and its values of keys by kind of task."""
    del params["study"]["tasks"]["relapse"], params["train"]["models"]["hazard"], params["stack"]["models"]["risk"]
    del params["train"]["models"]["cnn"]["tasks"]
    for section, key in (("select", "steps"), ("stack", "threshold"), ("evaluate", "primary")):
        params[section][key] = params[section][key]["binary"]
    return params


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The smoke study, run once from exams to report, for all workers; tests may look, not touch."""
    own = tmp_path_factory.getbasetemp()
    path = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "smoke_study"
    with FileLock(f"{path}.lock"):
        if not (path / "results/report.html").exists():
            shutil.rmtree(path, ignore_errors=True)
            copy_study("smoke", path).run("--cores", "2", "--", "results/report.html")
    return Study(path)


@pytest.fixture(scope="session")
def plan(smoke: Study) -> Callable[[str], list[dict[str, str]]]:
    """What Snakemake would do for one phase alone after the whole run: a row an output file."""

    @cache
    def rows(phase: str) -> list[dict[str, str]]:
        targets = [f"results/metrics/{phase}.json", *(["results/folds.parquet"] if phase == "clean" else [])]
        done = smoke.run("--config", f"phase={phase}", "--detailed-summary", "--", *targets)
        return list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))

    return rows


@pytest.fixture
def params() -> dict:
    """The parameters of the smoke study with its binary task alone."""
    return keep_binary(yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text()))


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Path]:
    """Stand in an empty directory, as a job stands in its study."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
