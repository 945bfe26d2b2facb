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
        "classes": [{"step": "kruskal", "below": 0.5}, CORRELATION, {"step": "mrmr", "count": 4}],
        "survival": [CORRELATION, {"step": "recursive_elimination", "count": 3}],
    }
    params["train"]["models"]["hazard"] = {"kind": "cox", "families": ["texture", "deep"], "folds": 3}
    params["train"]["models"] |= {
        "in_order": {"kind": "ordinal", "families": ["texture"], "cost": 1.0},
        "boosted": {
            "kind": "boosting",
            "families": ["texture"],
            "trees": 10,
            "rate": 0.1,
            "depth": 2,
            "tasks": ["grade"],
        },
        "trees": {"kind": "survival_forest", "families": ["texture"], "trees": 20, "leaf": 4},
    }
    params["stack"]["threshold"] = {"binary": "youden", "classes": "largest", "survival": "median"}
    params["stack"]["models"] |= {"graded": {"of": ["rf", "in_order", "boosted"]}, "risk": {"of": ["hazard", "trees"]}}
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
