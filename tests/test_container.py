"""Both recipes build the same image from uv.lock, and jobs run in an image that can exist."""

import os
import re
import tomllib

import pytest

from tests.conftest import ROOT, Study, copy_study

DOCKERFILE = (ROOT / "Dockerfile").read_text()
APPTAINER = (ROOT / "apptainer.def").read_text()
# Ends as a job does that fails, after it has written down its command.
STUB = """#!/bin/sh
if [ "$1" = --version ]; then echo apptainer version 1.3.0; exit 0; fi
echo "$@" >> calls
exit 1
"""


def section(name: str) -> str:
    match = re.search(rf"^%{name}\n(.*?)(?=^%|\Z)", APPTAINER, re.MULTILINE | re.DOTALL)
    assert match
    return match[1]


def debian_packages(recipe: str) -> set[str]:
    lists = re.findall(r"apt-get install --yes --no-install-recommends (.+?)(?: \\)?$", recipe, re.MULTILINE)
    return {package for names in lists for package in names.split()}


def test_both_start_from_the_python_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    bases = {
        *re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE),
        *re.findall(r"^From: (\S+)", APPTAINER, re.MULTILINE),
    }
    assert bases == {f"python:{version.removeprefix('==').removesuffix('.*')}-slim-bookworm"}


@pytest.mark.parametrize("recipe", [DOCKERFILE, section("post")], ids=["Dockerfile", "apptainer.def"])
def test_the_software_is_what_the_lock_says(recipe: str):
    syncs = re.findall(r"uv sync .*?(?=$| &&)", recipe, re.MULTILINE)
    assert syncs[-1] == "uv sync --locked --no-dev"
    assert all(command.startswith("uv sync --locked --no-dev") for command in syncs)
    # The last one is uv itself, which the lock cannot hold.
    assert re.findall(r"pip install --no-cache-dir (\S+)", recipe) == re.findall(r"uv==\S+", DOCKERFILE)


def test_both_have_the_same_packages_of_debian():
    assert debian_packages(DOCKERFILE) == debian_packages(section("post")) != set()


def test_both_have_the_same_files_and_never_data():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert {line.split()[0] for line in section("files").strip().splitlines()} == allowed
    assert all((ROOT / name).exists() for name in allowed)
    assert not allowed & {"data", "results", "studies", "work"}


def test_no_job_of_a_docker_image_runs_as_root():
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1] == "1000"


@pytest.fixture
def study(tmp_path, monkeypatch) -> Study:
    """The smoke study on a machine with an `apptainer` that only writes down how it was called."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "apptainer").write_text(STUB)
    (programs / "apptainer").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("SONOMICS_CONTAINER", raising=False)
    return copy_study("smoke", tmp_path / "study")


EXPORT = ("--sdm", "apptainer", "--cores", "1", "--config", "phase=export", "--", "data/export/0")


def test_jobs_run_in_the_image_that_the_recipe_builds(study: Study):
    study.snakemake(*EXPORT)
    assert f" {ROOT / 'sonomics.sif'} bash -c" in (study.path / "calls").read_text()


def test_jobs_run_in_the_image_that_the_variable_names(study: Study, monkeypatch):
    monkeypatch.setenv("SONOMICS_CONTAINER", "docker://registry.example/sonomics:1")
    done = study.run("--dry-run", *EXPORT)
    assert "image docker://registry.example/sonomics:1 will be pulled" in done.stdout + done.stderr
