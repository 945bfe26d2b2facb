"""The chain on real images: a few dozen patients of the breast study."""

import json
import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT, Study

pytestmark = [pytest.mark.ci, pytest.mark.realdata]


@pytest.fixture(scope="module")
def breast(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The breast study on 96 patients, a dozen a class and fold, with a network of one epoch."""
    path = tmp_path_factory.mktemp("breast") / "study"
    shutil.copytree(
        ROOT / "studies/breast-bus-bra", path, ignore=shutil.ignore_patterns("results", "logs", ".snakemake")
    )
    params = yaml.safe_load((path / "params.yaml").read_text())
    params["study"]["chunks"] = 2
    params["extract"]["families"]["texture"]["filters"] = {"original": {}}
    params["train"]["models"]["cnn"].update(size=32, epochs=1)
    params["study"]["variants"] = {"main": {}}
    histology = params["study"]["tasks"]["histology"]
    common, rare = histology["classes"][:2], histology["classes"][2:]  # of the rare ones so few patients have none
    histology.update(classes=common, unknown=[*histology["unknown"], *rare])
    (path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow/lib")}
    query = [sys.executable, "-m", "sonomics.cli", "query", "--force"]
    subprocess.run(query, cwd=path, check=True, env=environment, capture_output=True)
    cohort = pd.read_csv(path / "data/cohort.csv", dtype=str)
    few = cohort.groupby(["split", "pathology", "fold"], dropna=False).head(12)
    few.to_csv(path / "data/cohort.csv", index=False)
    study = Study(path)
    study.run("--cores", "2", "--", "results/report.html")
    return study


def test_every_image_of_every_patient_is_kept_or_excluded_with_a_reason(breast: Study):
    screening = pd.read_csv(breast.path / "results/screening.csv", keep_default_na=False)
    listed = pd.read_csv(os.path.expandvars("$SONOMICS_REALDATA/bus-bra/bus_data.csv"))
    cohort = pd.read_csv(breast.path / "data/cohort.csv")
    patients = {int(patient[1:]) for patient in cohort["patient"]}
    images = screening[screening["level"] == "image"]
    assert len(images) == listed["Case"].isin(patients).sum()
    assert (images.loc[images["fate"] == "excluded", "reason"] != "").all()


def test_radiomics_tells_malignant_from_benign(breast: Study):
    metrics = json.loads((breast.path / "results/metrics/evaluate.json").read_text())
    assert metrics["auc_of_others"]["malignancy"]["radiomics"]["train"] > 0.7


def test_histology_is_a_task_of_its_own(breast: Study):
    metrics = json.loads((breast.path / "results/metrics/evaluate.json").read_text())
    assert metrics["main"]["histology"]["train"]["auc"] > 0.6
    assert "Performance: histology" in (breast.path / "results/report.html").read_text()


def test_no_table_of_clinical_columns_is_empty(breast: Study):
    assert "Training cases by label" not in (breast.path / "results/report.html").read_text()


def test_the_page_does_not_call_real_images_simulated(breast: Study):
    page = (breast.path / "results/report.html").read_text()
    assert "Simulated data." not in page
    assert str(os.environ["SONOMICS_REALDATA"]) not in page
