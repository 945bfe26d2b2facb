"""The small studies on real images: their cohorts are drafted, checked and read as the table means it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sonomics.core.files import read_json
from tests.conftest import ROOT, Study

pytestmark = pytest.mark.realdata


def draft(name: str, path: Path) -> Study:
    """Copy a study, and draft its cohort from the real table."""
    shutil.copytree(
        ROOT / "studies" / name, path, ignore=shutil.ignore_patterns("results", "logs", ".snakemake", "work")
    )
    run_verb("query", path, "--force")
    return Study(path)


def run_verb(verb: str, path: Path, *arguments: str) -> str:
    """Run a verb of sonomics in a study; return what it printed."""
    command = [sys.executable, "-m", "sonomics.cli", verb, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow/lib")}
    return subprocess.run(command, cwd=path, check=True, env=environment, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study of the lexicon's words, with its cohort."""
    return draft("breast-lexicon", tmp_path_factory.mktemp("lexicon") / "study")


def test_every_word_of_the_lexicon_is_read(lexicon: Study) -> None:
    told = run_verb("check", lexicon.path)
    cohort = pd.read_csv(lexicon.path / "data/cohort.csv", dtype=str, keep_default_na=False)
    words = [cell.split("&") for cell in cohort["margin"] if cell != "not applicable"]
    for word in ("circumscribed", "indistinct", "spiculated", "angular", "microlobulated"):
        positive = sum(word in cell for cell in words)
        assert positive >= 15
        assert f"{word}, in training: {positive} of {len(words)} positive" in told
    assert not cohort["margin"].str.contains("not circumscribed").any()
    assert "age, in training: numbers from" in told


def test_cases_without_a_lesion_are_unknown_for_every_task_and_excluded(lexicon: Study) -> None:
    told = run_verb("check", lexicon.path).splitlines()
    cohort = pd.read_csv(lexicon.path / "data/cohort.csv", dtype=str, keep_default_na=False)
    without = int((cohort["outlined"] == "").sum())
    assert without == int((cohort["classification"] == "normal").sum()) > 0
    of_tasks = [line for line in told if ", in training: " in line and not line.startswith("age")]
    assert len(of_tasks) == 11
    for line in of_tasks:
        assert f" of {len(cohort) - without}" in line or line.startswith(("posterior", "calcification"))
    assert f"criterion lesion: {len(cohort) - without} met, {without} unknown" in told


def test_a_class_of_one_image_is_unknown(tmp_path: Path) -> None:
    study = draft("otu-2d", tmp_path / "study")
    told = run_verb("check", study.path)
    cohort = pd.read_csv(study.path / "data/cohort.csv", dtype=str)
    counts = cohort["class"].value_counts()
    assert counts["Theca_Cell_Tumor"] == 1
    assert f"of {len(cohort) - 1}, 1 unknown" in told
    for name, count in counts.drop("Theca_Cell_Tumor").items():
        assert f"{count} {name}" in told


@pytest.mark.ci
def test_a_few_cases_of_the_lexicon_reach_the_metrics(lexicon: Study, tmp_path: Path) -> None:
    study = Study(shutil.copytree(lexicon.path, tmp_path / "study"))
    table = study.path / "data/cohort.csv"
    cohort = pd.read_csv(table, dtype=str)
    cohort.groupby("classification").head(16).to_csv(table, index=False)
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["study"]["tasks"] = {
        name: params["study"]["tasks"][name] for name in ("malignancy", "circumscribed", "birads")
    }
    params["study"]["tasks"]["birads"]["classes"] = params["study"]["tasks"]["birads"]["classes"][1:]
    params["study"]["tasks"]["birads"]["unknown"] = [1, 2]
    params["study"]["variants"] = {"main": {}}
    params["extract"]["families"]["texture"]["filters"] = {"original": {}}
    params["select"]["folds"] = 2
    params["train"]["models"]["forest"]["trees"] = 20
    params["evaluate"]["bootstrap"] = 20
    (study.path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    study.run("--cores", "2", "--", "results/metrics/evaluate.json")
    metrics = read_json(study.path / "results/metrics/evaluate.json")["main"]
    assert set(metrics) == {"malignancy", "circumscribed", "birads"}
    screening = pd.read_csv(study.path / "results/screening.csv", keep_default_na=False)
    excluded = screening[(screening["level"] == "case") & (screening["fate"] == "excluded")]
    assert set(excluded["reason"]) == {"criterion_lesion"}
