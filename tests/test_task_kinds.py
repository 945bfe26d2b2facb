"""A study with a task of every kind, from exams to the report, beside its run with shuffled labels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sonomics.core.files import read_json
from tests.conftest import Study, copy_study

CORRELATION = {"step": "correlation", "above": 0.8}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The smoke study with a grade of the planted risk and the time to recurrence as further tasks."""
    study = copy_study("smoke", tmp_path_factory.mktemp("mixed") / "study")
    table = study.path / "data/cohort.csv"
    cohort = pd.read_csv(table, dtype=str, keep_default_na=False)
    cohort["grade"] = np.array(["low", "mid", "high"])[np.digitize(cohort["sim_risk"].astype(float), [-0.3, 0.4])]
    cohort.to_csv(table, index=False)
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["study"]["tasks"] |= {
        "grade": {"type": "classes", "column": "grade", "classes": ["low", "mid", "high"], "ordered": True},
        "relapse": {"type": "survival", "time": "time", "event": "event", "horizons": [12]},
    }
    params["select"]["steps"] = {
        "binary": params["select"]["steps"],
        "classes": [{"step": "kruskal", "below": 0.5}, CORRELATION],
        "survival": [{"step": "cox", "below": 0.5}, CORRELATION],
    }
    params["train"]["models"]["hazard"] = {"kind": "cox", "families": ["texture", "deep"], "folds": 3}
    params["stack"]["threshold"] = {"binary": "youden", "classes": "largest", "survival": "median"}
    params["train"]["models"]["clinic"] = {"kind": "clinical", "columns": ["age", "sex", "size_mm"], "enter": 1.0}
    params["stack"]["models"] |= {
        "graded": {"of": ["rf"]},
        "risk": {"of": ["hazard"]},
        "clinical": {"of": ["clinic"]},
        "clinical_rf": {"of": ["clinic", "rf"]},
        "clinical_risk": {"of": ["clinic", "hazard"]},
    }
    params["evaluate"]["primary"] = {"recurrence": "stacked", "grade": "graded", "relapse": "risk"}
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
def test_the_binary_task_is_what_it_is_alone(mixed: Study, smoke: Study) -> None:
    for phase in ("select/main/texture", "train/main/rf", "stack/main/stacked"):
        alone = smoke.path / "results" / phase / "recurrence"
        files = sorted(file.relative_to(alone) for file in alone.rglob("*") if file.is_file())
        beside = mixed.path / "results" / phase / "recurrence"
        assert [str(file) for file in files if (alone / file).read_bytes() != (beside / file).read_bytes()] == []
        assert files != [Path()]


@pytest.mark.ci
def test_clinical_and_combined_models_reach_the_page_for_every_kind_of_task(mixed: Study) -> None:
    results = mixed.path / "results"
    ratios = {"recurrence": "odds_ratios", "grade": "odds_ratios", "relapse": "hazard_ratios"}
    combined = {"recurrence": "clinical_rf", "grade": "clinical_rf", "relapse": "clinical_risk"}
    scales = {"recurrence": "Probability", "grade": "Odds of high to low", "relapse": "Event by 12 months"}
    for task, name in ratios.items():
        table = pd.read_csv(results / f"train/main/clinic/{task}/all/{name}.csv")
        assert set(table["model"]) == {"univariable", "multivariable"}
        assert set(table["variable"].str.partition("=")[0]) == {"age", "sex", "size_mm"}
        final = results / f"stack/main/{combined[task]}/{task}"
        assert read_json(final / "state.json")["models"][0] == "clinic"
        assert scales[task] in set(pd.read_csv(final / "nomogram.csv")["axis"])
        performance = pd.read_csv(results / f"evaluate/main/{task}/performance.csv")
        assert {"clinical", combined[task]} <= set(performance["model"])
    page = (results / "report.html").read_text()
    for words in ("Clinical models: grade", "clinic: odds ratios", "clinic: hazard ratios", "Odds of high to low"):
        assert words in page
    assert "Event by 12 months" in page
    assert "proportional-odds logistic (grade) and Cox (relapse)" in page
