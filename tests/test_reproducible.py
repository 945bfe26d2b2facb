"""Same bytes, here and as committed; the test lock; the record that DVC keeps: each a second whole run."""

import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from benchmarks.compare_runs import describe_difference
from sonomics.core.handing_over import ADDRESS
from sonomics.core.params import PHASES
from sonomics.core.pins import is_x86_64
from tests.conftest import ROOT, Study, copy_study

pytestmark = pytest.mark.ci


def contents(study: Study, *folders: str) -> dict[str, str]:
    """Hash every file under some folders of a study."""
    files = [file for folder in folders for file in sorted((study.path / folder).rglob("*")) if file.is_file()]
    return {str(file.relative_to(study.path)): sha256(file.read_bytes()).hexdigest() for file in files}


def test_jobs_one_by_one_in_processes_of_their_own_give_the_same_bytes(
    smoke: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(ADDRESS, "false")
    other = copy_study("smoke", tmp_path / "study")
    said = other.run("--cores", "1", "--verbose", "--", "results/report.html").stderr
    assert contents(other, "data", "results") == contents(smoke, "data", "results")
    ended, looked = said.count("Finished jobid:"), said.count("Ready jobs:")
    assert 0 < looked <= ended + 5, "the scheduler looks for jobs when one has ended, not every second"


def test_permuting_the_test_labels_changes_no_byte_before_evaluate(smoke: Study, tmp_path: Path):
    other = copy_study("smoke", tmp_path / "study")
    path = other.path / "data/cohort.csv"
    cohort = pd.read_csv(path, dtype=str, keep_default_na=False)
    locked = np.flatnonzero(cohort["split"] != "train")
    dealt = np.random.default_rng(0).permutation(locked)
    columns = ["time", "event"]
    cohort.loc[locked, columns] = cohort.loc[dealt, columns].to_numpy()
    cohort.to_csv(path, index=False, lineterminator="\n")
    assert path.read_bytes() != (smoke.path / "data/cohort.csv").read_bytes()
    phases = ("crop", "select", "train", "stack")
    other.run("--cores", "2", "--", *(f"results/metrics/{phase}.json" for phase in phases))
    before = (
        "data/export",
        "data/clean",
        "data/crop",
        "data/features",
        "results/select",
        "results/train",
        "results/stack",
    )
    assert contents(other, *before) == contents(smoke, *before)


def copy_tracked(to: Path) -> None:
    """Copy the files that Git knows of this repository."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)


@pytest.mark.skipif(not is_x86_64(), reason="arithmetic is portable on x86-64 alone")
def test_every_machine_computes_the_committed_metrics(tmp_path: Path):
    copy_tracked(tmp_path)
    committed = contents(Study(tmp_path), "results/metrics", "results/plots")
    shutil.rmtree(tmp_path / "results")
    Study(tmp_path, engine=tmp_path).run("--cores", "2", "--", "results/report.html")
    computed = contents(Study(tmp_path), "results/metrics", "results/plots")
    differ = [
        f"{name}: {describe_difference(ROOT / name, tmp_path / name) or 'words differ'}"
        for name in sorted(committed.keys() & computed.keys())
        if committed[name] != computed[name]
    ]
    assert not differ, "Fix: if the change is meant, record it (`dvc repro`) and commit results/metrics"
    assert computed.keys() == committed.keys()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Git repository with the smoke study in place of the default one, reproduced by DVC."""
    path = tmp_path_factory.mktemp("clone") / "repository"
    copy_tracked(path)
    shutil.copy(ROOT / "studies/smoke/params.yaml", path / "params.yaml")
    for name in ("cohort.csv", "qc_labels.csv", "readers.csv"):
        shutil.copy(ROOT / "studies/smoke/data" / name, path / "data" / name)
    (path / "dvc.lock").unlink(missing_ok=True)
    shutil.rmtree(path / "results", ignore_errors=True)
    git(path, "init", "--quiet")
    commit(path, "study")
    dvc(path, "repro", "--quiet")
    commit(path, "reproduced")
    return path


def git(path: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=path, check=True, capture_output=True)


def commit(path: Path, message: str) -> None:
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--no-verify", "--message", message)


def dvc(path: Path, *arguments: str) -> str:
    """Run DVC with the tools of this environment on the path."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=path, text=True, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_after_repro_neither_tool_has_anything_to_do(clone: Path):
    assert "up to date" in dvc(clone, "status", *PHASES)
    done = Study(clone, engine=clone).snakemake("--dry-run", "--", "results/report.html")
    assert "Nothing to be done" in done.stdout + done.stderr


def test_repro_and_snakemake_give_the_same_bytes(clone: Path, smoke: Study):
    assert contents(Study(clone), "results") == contents(smoke, "results")


def test_metrics_and_params_diff_show_what_a_change_did(clone: Path):
    params = yaml.safe_load((clone / "params.yaml").read_text())
    params["stack"]["pool"] = "max"
    (clone / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    dvc(clone, "repro", "--quiet")
    changed = json.loads(dvc(clone, "params", "diff", "--json"))
    assert changed["params.yaml"]["stack.pool"] == {"old": "mean", "new": "max"}
    metrics = json.loads(dvc(clone, "metrics", "diff", "--json"))
    assert "results/metrics/stack.json" in metrics
    assert "results/metrics/train.json" not in metrics
    assert dvc(clone, "metrics", "show", "--md").count("|") > 20
    dvc(clone, "plots", "diff", "HEAD", "--out", "plots")
    assert (clone / "plots/index.html").exists()
