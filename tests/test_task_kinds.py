"""A study with a task of every kind, from exams to the report, beside its run with shuffled labels."""

import numpy as np
import pandas as pd
import pytest
import yaml

from sonomics.core.files import read_json
from tests.conftest import Study, copy_study

CORRELATION = {"step": "correlation", "above": 0.8}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The smoke study with a grade of the planted risk as a further task."""
    study = copy_study("smoke", tmp_path_factory.mktemp("mixed") / "study")
    table = study.path / "data/cohort.csv"
    cohort = pd.read_csv(table, dtype=str, keep_default_na=False)
    cohort["grade"] = np.array(["low", "mid", "high"])[np.digitize(cohort["sim_risk"].astype(float), [-0.3, 0.4])]
    cohort.to_csv(table, index=False)
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["study"]["tasks"] |= {
        "grade": {"type": "classes", "column": "grade", "classes": ["low", "mid", "high"], "ordered": True},
    }
    params["select"]["steps"]["classes"] = [{"step": "kruskal", "below": 0.5}, CORRELATION]
    params["stack"]["threshold"]["classes"] = "largest"
    params["stack"]["models"]["graded"] = {"of": ["rf"]}
    params["evaluate"]["primary"]["classes"] = "graded"
    (study.path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    study.run("--cores", "2", "--", "results/report.html")
    return study


@pytest.mark.ci
def test_every_kind_of_task_reaches_the_page_and_the_metrics(mixed: Study) -> None:
    metrics = read_json(mixed.path / "results/metrics/evaluate.json")
    for variant in ("main", "shuffled"):
        assert set(metrics[variant]) == {"recurrence", "grade", "relapse"}
        for of_task in metrics[variant].values():
            assert set(of_task) == {"train", "internal", "external_1"}
    assert "sensitivity" in metrics["main"]["recurrence"]["train"]
    assert "kappa" in metrics["main"]["grade"]["train"]
    page = (mixed.path / "results/report.html").read_text()
    for words in ("Performance: recurrence", "Performance: grade", "Performance: relapse", "Harrell"):
        assert words in page


@pytest.mark.ci
@pytest.mark.parametrize(
    "results",
    [
        "select/main/texture/recurrence",
        "train/main/rf/recurrence",
        "stack/main/stacked/recurrence",
        "select/main/texture/relapse",
        "train/main/hazard/relapse",
        "stack/main/risk/relapse",
    ],
)
def test_a_task_is_what_it_is_without_another(mixed: Study, smoke: Study, results: str) -> None:
    alone, beside = smoke.path / "results" / results, mixed.path / "results" / results
    files = sorted(file.relative_to(alone) for file in alone.rglob("*") if file.is_file())
    assert [str(file) for file in files if (alone / file).read_bytes() != (beside / file).read_bytes()] == []
    assert files != []
