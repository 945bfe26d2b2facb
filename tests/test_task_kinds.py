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
    # Two sites with the same mix of risks, to be left out in turn.
    cohort["site"] = np.array(["a", "b"])[cohort["sim_risk"].astype(float).rank().astype(int) % 2]
    cohort["surgery"], cohort["died"] = 0, cohort["event"]
    cohort["died_at"] = cohort["time"].map(lambda time: f"{1.5 * float(time):.1f}" if time else "")
    cohort.to_csv(table, index=False)
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["study"]["tasks"] |= {
        "grade": {"type": "classes", "column": "grade", "classes": ["low", "mid", "high"], "ordered": True},
    }
    params["study"]["variants"]["by_site"] = {
        "select": {"folds": "by_site"},
        "train": {"models": {"cnn": None, "alone": None}},
    }
    params["study"]["variants"]["by_site"]["stack"] = {"models": {"stacked": {"of": ["rf"]}}}
    params["select"]["folds"] = {"random": {"number": params["select"]["folds"]}, "by_site": {"column": "site"}}
    params["select"]["steps"] = {
        **params["select"]["steps"],
        "classes": [
            {"step": "kruskal", "below": 0.5},
            CORRELATION,
            {"step": "recursive_elimination", "count": 6},
            {"step": "mrmr", "count": 4},
        ],
    }
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
        "tuned": {
            "kind": "cox",
            "families": ["texture"],
            "folds": 3,
            "search": {"method": "tpe", "trials": 3, "folds": 2, "space": {"mixing": {"low": 0.1, "high": 0.9}}},
        },
        "trees": {"kind": "survival_forest", "families": ["texture"], "trees": 20, "leaf": 4},
        "views": {
            **params["train"]["models"]["cnn"],
            "fusion": {"views": ["grey", "arterial", "portal"], "images": "combinations", "join": "attention"},
            "mask": "channel",
            "columns": ["age", "sex"],
            "tasks": ["recurrence"],
        },
    }
    # One network for a task of each kind, beside one for each, which the further runs leave out.
    cnn = params["train"]["models"]["cnn"]
    params["train"]["models"] |= {
        "alone": {**cnn, "tasks": ["recurrence", "relapse", "grade"]},
        "joint": {**cnn, "tasks": ["recurrence", "relapse", "grade"], "together": {"weights": {"relapse": 0.5}}},
    }
    params["study"]["variants"]["shuffled"]["train"]["models"] |= {"alone": None}
    params["stack"]["threshold"]["classes"] = "largest"
    params["train"]["models"]["clinic"] = {"kind": "clinical", "columns": ["age", "sex", "size_mm"], "enter": 1.0}
    params["stack"]["models"] |= {
        "graded": {"of": ["rf", "in_order", "boosted"]},
        "risks": {"of": ["hazard", "trees", "tuned"], "weights": "auc"},
        "clinical": {"of": ["clinic"]},
        "seen": {"of": ["views"]},
        "clinical_rf": {"of": ["clinic", "rf"]},
        "clinical_risk": {"of": ["clinic", "hazard"]},
        "of_joint": {"of": ["joint"]},
    }
    params["evaluate"]["primary"]["classes"] = "graded"
    died = {"time": "died_at", "event": "died", "origin": "surgery", "horizons": [18]}
    params["evaluate"] |= {
        "outcomes": {"death": died},
        "follow_up": {"relapse": ["recurrence"], "death": ["recurrence"]},
    }
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
    for words in ("Values that were searched", "Weights of base models", "nested estimates in training"):
        assert words in page
    places = [page.index(f'id="baseline-{name}"') for name in ("recurrence", "relapse", "grade")]
    assert places == sorted(places)


@pytest.mark.ci
def test_a_network_of_joined_views_is_a_model_like_any_other(mixed: Study) -> None:
    state = read_json(mixed.path / "results/train/main/views/recurrence/all/state.json")
    assert state["joined"]["cases"] > 10
    assert set(state["scales"]) == {"age", "sex"}
    seen = read_json(mixed.path / "results/metrics/train.json")["auc_of_folds"]["main"]["recurrence"]
    assert "views" in seen
    page = (mixed.path / "results/report.html").read_text()
    assert "combinations images of grey, arterial and portal joined by attention" in page


@pytest.mark.ci
def test_a_binary_score_is_judged_by_a_survival_task_and_by_an_outcome_that_no_model_learns(mixed: Study) -> None:
    folder = mixed.path / "results/evaluate/main"
    groups = pd.read_csv(folder / "recurrence/outcome_risk_groups.csv")
    assert groups["outcome"].drop_duplicates().tolist() == ["relapse", "death"]
    usual = pd.read_csv(folder / "recurrence/risk_groups.csv")
    same = groups[groups["outcome"] == "relapse"].drop(columns="outcome").reset_index(drop=True)
    pd.testing.assert_frame_equal(same, usual, check_dtype=False)
    assert not list((folder / "grade").glob("outcome_*"))
    assert "Follow-up by further outcomes" in (mixed.path / "results/report.html").read_text()


@pytest.mark.ci
def test_every_kind_of_task_is_shown_by_site_next_to_random_folds(mixed: Study) -> None:
    shown = {"recurrence": {"auc", "sensitivity", "specificity", "calibration_intercept", "calibration_slope"}}
    shown |= {"grade": {"auc", "accuracy"}, "relapse": {"auc"}}
    for task, statistics in shown.items():
        table = pd.read_csv(mixed.path / f"results/evaluate/main/{task}/held_out.csv")
        assert set(table["statistic"]) == statistics
        assert set(zip(table["variant"], table["level"], strict=True)) == {
            (variant, level) for variant in ("main", "by_site") for level in ("all", "a", "b")
        }
        assert (mixed.path / f"results/evaluate/main/{task}/held_out_train.svg").exists()
    folds = pd.read_parquet(mixed.path / "results/folds.parquet").set_index("patient")["by_site"].astype(str)
    predictions = pd.read_parquet(mixed.path / "results/stack/by_site/risk/relapse/predictions.parquet")
    training = predictions[predictions["split"] == "train"]
    assert (training["patient"].map(folds) == training["fold"]).all()


@pytest.mark.ci
def test_a_network_learns_a_task_of_every_kind_at_once_and_reaches_the_page(mixed: Study) -> None:
    results, tasks = mixed.path / "results", ("recurrence", "relapse", "grade")
    for variant in ("main", "shuffled", "by_site"):
        folds = {"0", "1", "all"}
        home = results / f"train/{variant}/joint"
        assert {file.parent.name for file in home.glob("joint/*/weights.safetensors")} == folds
        assert not list(home.glob("re*/*/weights.safetensors"))
        for task in tasks:
            assert {file.parent.name for file in home.glob(f"{task}/*/predictions.parquet")} == folds
    metrics = read_json(results / "metrics/train.json")
    assert all("joint" in metrics["auc_of_folds"][variant][task] for variant in ("main", "shuffled") for task in tasks)
    assert {task for task, of_task in metrics["maps"].items() if "joint" in of_task} == set(tasks)
    for task in tasks:
        table = pd.read_csv(results / f"evaluate/main/{task}/together.csv")
        assert ["joint", "alone"] in table[["joint", "single"]].drop_duplicates().to_numpy().tolist()
        assert table["split"].drop_duplicates().tolist() == ["train", "internal", "external_1"]
        assert not (results / f"evaluate/shuffled/{task}/together.csv").exists()
        assert "of_joint" in set(pd.read_csv(results / f"evaluate/main/{task}/performance.csv")["model"])
    page = (results / "report.html").read_text()
    assert page.count("joint learns recurrence, relapse and grade, with a last layer for each.") == len(tasks)
    curves = pd.read_csv(results / "plots/train/curves.csv")
    assert "main joint joint fold all" in set(curves["run"])


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
    assert "proportional-odds logistic (grade)" in page
    assert "Cox (relapse)" in page


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
