"""A study whose external set holds copies of one patient under other names, through all three choices."""

import shutil

import pandas as pd
import pytest
import yaml

from tests.conftest import Study


@pytest.fixture(scope="module")
def copied(smoke: Study) -> Study:
    """The smoke study, in which two patients of the external set have the pictures of a third."""
    passing = shutil.ignore_patterns("locks", "log")
    study = Study(shutil.copytree(smoke.path, smoke.path.with_name("copied_study"), ignore=passing))
    manifest = pd.concat(pd.read_parquet(file) for file in study.path.glob("data/export/*/manifest.parquet"))
    cohort = pd.read_csv(study.path / "data/cohort.csv", dtype=str)
    first, *others = cohort.loc[cohort["split"] == "external_1", "patient"][:3]
    files = manifest.assign(place=manifest["stem"].str.partition("-")[2]).set_index(["patient", "place"])["file"]
    for patient in others:
        for place, file in files[patient].items():
            if (first, place) not in files.index:
                continue
            original = study.path / files[first, place]
            (study.path / file).unlink()
            shutil.copyfile(original, study.path / file)
    for stamp in study.path.glob("data/export/*/.snakemake_timestamp"):
        stamp.touch()  # by which Snakemake dates a folder
    return study


def run(study: Study, clean: str, evaluate: str) -> tuple[str, pd.DataFrame]:
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["clean"]["duplicates"]["across_patients"] = clean
    params["evaluate"]["near_duplicates"] = evaluate
    (study.path / "params.yaml").write_text(yaml.safe_dump(params))
    study.run("--cores", "2", "--", "results/report.html")
    table = next((study.path / "results/evaluate/main").rglob("performance.csv"))
    return (study.path / "results/report.html").read_text(), pd.read_csv(table)


def list_duplicates(study: Study) -> set[tuple[str, str]]:
    """List the images that were left out as duplicates, with their cases."""
    screening = pd.read_csv(study.path / "results/screening.csv")
    found = screening[(screening["level"] == "image") & (screening["reason"] == "duplicate")]
    return set(zip(found["case"], found["image"], strict=True))


@pytest.mark.ci
def test_each_choice_is_done_and_said(copied: Study) -> None:
    page, apart = run(copied, "group", "separate")
    within = list_duplicates(copied)
    assert "3 patients of external test set 1 (1 group); every interval takes them for independent patients" in page
    assert not apart["method"].str.contains("cluster", na=False).loc[apart["split"] == "external_1"].any()
    page, together = run(copied, "group", "cluster")
    assert "3 patients of external test set 1 (1 group); each group counts as one cluster in every interval" in page
    methods = together.loc[together["split"] == "external_1", "method"].dropna()
    assert methods.str.contains("clusters|by cluster").any()
    assert not methods.str.contains("patient").any()
    assert (apart["estimate"].fillna(-1) == together["estimate"].fillna(-1)).all()
    page, _ = run(copied, "exclude", "separate")
    assert "were found; the later copy was left out" in page
    copies = list_duplicates(copied) - within
    assert {case for case, _ in copies} == {"P2002", "P2003"}
