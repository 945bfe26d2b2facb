"""The whole workflow, run once on the smoke study."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest

from sonomics.core.params import PHASES
from tests.conftest import Study, copy_study


def test_end_to_end(smoke: Study):
    page = (smoke.path / "results/report.html").read_text()
    HTMLParser().feed(page)
    assert "simulated" in page.lower()
    for phase in PHASES:
        assert json.loads((smoke.path / f"results/metrics/{phase}.json").read_text())


def test_every_exported_image_and_listed_case_has_a_fate(smoke: Study):
    screening = pd.read_csv(smoke.path / "results/screening.csv")
    cohort = pd.read_csv(smoke.path / "data/cohort.csv")
    cases = screening[screening["level"] == "case"]
    assert sorted(cases["case"]) == sorted(cohort["case"])
    assert set(screening["fate"]) <= {"kept", "excluded"}
    excluded = screening["fate"] == "excluded"
    assert screening.loc[excluded, "reason"].notna().all()
    assert excluded.any()


def test_second_run_has_nothing_to_do(smoke: Study):
    done = smoke.run("--dry-run", "--", "results/report.html")
    assert "Nothing to be done" in done.stdout + done.stderr


@pytest.mark.parametrize("phase", PHASES)
def test_phase_alone_has_nothing_to_do_after_the_whole_run(phase: str, plan):
    assert {row["plan"] for row in plan(phase)} == {"no update"}


def test_a_changed_select_value_reruns_select_and_later_phases_only(smoke: Study, tmp_path):
    (tmp_path / "changed.yaml").write_text("select: {steps: {binary: [{step: mrmr, count: 3}]}}")
    changed = ("--configfile", "params.yaml", str(tmp_path / "changed.yaml"))
    done = smoke.run("--dry-run", *changed, "--", "results/report.html")
    jobs = done.stdout + done.stderr
    assert "select_features" in jobs
    for earlier in ("export_chunk", "clean_chunk", "fit_qc", "crop_chunk", "extract_features"):
        assert earlier not in jobs


def test_an_outline_that_the_user_adds_makes_the_crops_of_its_chunk_anew(smoke: Study):
    passing = shutil.ignore_patterns("locks", "log")
    copy = Study(shutil.copytree(smoke.path, smoke.path.with_name("outlined_study"), ignore=passing))
    asked = ("--dry-run", "--config", "phase=crop", "--", "results/metrics/crop.json")
    before = copy.run(*asked)
    assert "Nothing to be done" in before.stdout + before.stderr
    folder = copy.path / "data/outlines"
    times = folder.stat()
    drawn = next((copy.path / "data/export").glob("*/outlines/reader_1/1/*"))
    (folder / "reader_1/1").mkdir(parents=True)
    shutil.copy(drawn, folder / "reader_1/1")
    # As when the reader has had a folder before.
    os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = copy.run(*asked)
    chunk = drawn.relative_to(copy.path / "data/export").parts[0]
    assert re.findall(r"crop: chunk (\d+)", after.stdout + after.stderr) == [chunk]


@pytest.mark.parametrize(
    ("name", "change", "phase", "job"),
    [
        ("qc_labels.csv", lambda text: "\n".join([*text.splitlines()[:-1], ""]), "clean", "fit_qc"),
        ("readers.csv", lambda text: "\n".join([*text.splitlines()[:-1], ""]), "evaluate", "evaluate_task"),
        ("cohort.csv", lambda text: text.replace(",train,59,F,", ",train,58,F,", 1), "select", "select_features"),
    ],
)
def test_a_file_replaced_by_an_older_one_reruns_its_jobs(smoke: Study, tmp_path, name, change, phase, job):
    passing = shutil.ignore_patterns("locks", "log")
    copy = Study(shutil.copytree(smoke.path, smoke.path.with_name(f"{job}_study"), ignore=passing))
    asked = ("--dry-run", "--config", f"phase={phase}", "--", f"results/metrics/{phase}.json")
    file, other = copy.path / "data" / name, tmp_path / name
    shutil.copy2(file, tmp_path / "before")
    other.write_text(change(file.read_text()))
    assert other.read_text() != file.read_text()
    os.utime(other, (1e9, 1e9))
    shutil.copy2(other, file)
    after = copy.run(*asked)
    assert re.search(rf"^{job} +\d", after.stdout, re.MULTILINE), after.stdout
    os.utime(tmp_path / "before")
    shutil.copy2(tmp_path / "before", file)
    back = copy.run(*asked)
    assert "Nothing to be done" in back.stdout + back.stderr


def test_what_a_killed_job_left_is_removed_at_the_next_start_unless_the_study_is_locked(smoke: Study, tmp_path):
    passing = shutil.ignore_patterns("locks", "log")
    copy = Study(shutil.copytree(smoke.path, tmp_path / "study", ignore=passing))
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    left, lock = (
        copy.path / f"data/clean/.images.parquet.{killed.pid}.part",
        copy.path / ".snakemake/locks/0.input.lock",
    )
    left.write_text("half")
    lock.parent.mkdir(exist_ok=True)
    lock.touch()
    asked = ("--dry-run", "--nolock", "--config", "phase=crop", "--", "results/metrics/crop.json")
    copy.run(*asked)
    assert left.exists()
    lock.unlink()
    copy.run(*asked)
    assert not left.exists()


def test_a_new_family_or_model_is_computed_alone(smoke: Study, tmp_path):
    families = "extract: {families: {mazda: {kind: mazda, normalisation: sigma, resample_mm: null}}}"
    models = "train: {models: {more: {kind: forest, families: [texture], trees: 10}}}"
    (tmp_path / "more.yaml").write_text(f"{families}\n{models}\n")
    more = ("--configfile", "params.yaml", str(tmp_path / "more.yaml"))
    done = smoke.run(
        "--dry-run", "--printshellcmds", *more, "--", "results/metrics/extract.json", "results/metrics/train.json"
    )
    jobs = done.stdout + done.stderr
    commands = [line for line in jobs.splitlines() if "python -m sonomics." in line]
    extracted = [line for line in commands if "sonomics.extract." in line and "--family" in line]
    trained = [line for line in commands if "sonomics.train." in line and "--model" in line]
    assert extracted
    assert all("--family mazda" in line for line in extracted)
    assert trained
    assert all("--model more" in line for line in trained)
    assert not any("sonomics.crop" in line or "sonomics.train.maps" in line for line in commands)


def test_predictions_never_come_from_a_model_that_saw_the_patient(smoke: Study):
    folds = pd.read_parquet(smoke.path / "results/folds.parquet").set_index("patient")["random"].astype(str)
    for path in (smoke.path / "results/train").rglob("predictions.parquet"):
        predictions = pd.read_parquet(path)
        training = predictions[predictions["split"] == "train"]
        assert (training["patient"].map(folds) == training["fold"]).all()
        assert (predictions.loc[predictions["split"] != "train", "fold"] == "all").all()


def test_a_bad_study_stops_before_any_work(tmp_path):
    study = copy_study("smoke", tmp_path / "study")
    cohort = pd.read_csv(study.path / "data/cohort.csv", dtype=str)
    cohort.loc[0, "split"] = "test"
    cohort.to_csv(study.path / "data/cohort.csv", index=False)
    done = study.snakemake("--cores", "1", "--", "results/report.html")
    assert done.returncode != 0
    message = "data/cohort.csv, column split: split is unknown in 1 row (1 below the header). Fix: use train"
    assert message in done.stdout + done.stderr
    assert not (study.path / "data/export").exists()


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda text: text + "report: {shown_cases: 1}\n", (), "no YAML (two keys report)"),
        (lambda text: text.replace("  seed:", "\tseed:"), (), "cannot start any token"),
        (lambda text: text, ("--config", "phase=cleen"), "there is no phase cleen"),
        (lambda text: re.sub(r"\n  folds: \d+", "\n  folds: 99", text), (), "cannot fill 99 folds"),
        (lambda text: text + "  subgroups: {machine: levels}\n", (), "unknown key subgroups"),
        (
            lambda text: text.replace("\nevaluate:\n", "\nevaluate:\n  subgroups: {machine: levels}\n"),
            (),
            "params.yaml, evaluate.subgroups.machine (data/cohort.csv): the column machine is missing",
        ),
    ],
)
def test_bad_parameters_stop_before_any_work(tmp_path, change, arguments, message):
    study = copy_study("smoke", tmp_path / "study")
    path = study.path / "params.yaml"
    path.write_text(change(path.read_text()))
    done = study.snakemake("--cores", "1", *arguments, "--", "results/report.html")
    assert done.returncode != 0
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (study.path / "data/export").exists()
