"""The job that trains a classifier on its folds."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import write_json
from sonomics.core.models import read_model
from sonomics.core.schemas import FOLDS, PREDICTIONS, SELECTED, TRIALS
from sonomics.core.tables import read_table, write_table
from sonomics.train import classifier
from sonomics.train.classifier import main
from sonomics.train.classifiers.fit import score_rows
from tests.kinds import toy
from tests.train.rows import KINDS, STATED, data


@pytest.fixture
def chosen(inside):
    """Selected features of 24 training cases in two folds and 6 tests."""
    values, labels = data(30)
    cases = [f"P{i:02d}" for i in range(30)]
    split = ["train"] * 24 + ["internal"] * 6
    cohort = pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels})
    cohort.to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:24], "group": cases[:24], "random": [0, 0, 1, 1] * 6})
    write_table(folds, inside / "folds.parquet", FOLDS)
    about = {"patient": cases, "case": cases, "image": ""}
    for fold in ("0", "1", "all"):
        for column, family in enumerate("tu"):
            write_json(inside / family / "cancer" / fold / "state.json", {})
            chosen = pd.DataFrame({**about, f"{family}__a": values[:, column]})
            write_table(chosen, inside / family / "cancer" / fold / "features.parquet", SELECTED)
    return inside


def train(models: dict, name: str, folds: tuple[str, ...] = ("0",)) -> None:
    task = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    study = {"seed": 1, "tasks": task, "clinical": [], "shuffle_labels": False}
    joined = {model: {**stated, "families": ["t", "u"]} for model, stated in models.items()}
    settings = json.dumps({"study": study, "train": {"models": joined}})
    names = ["--variant", "main", "--model", name, "--task", "cancer", "--fold", *folds]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random", "--selected", "."]
    main(["--settings", settings, *names, *files, "--out", "out"])


def test_job_writes_a_model_that_makes_its_predictions(chosen):
    train(STATED, "rf")
    predictions = read_table(chosen / "out/0/predictions.parquet", PREDICTIONS)
    assert len(predictions) == 12
    assert set(predictions["fold"]) == {"0"}
    held = [int(case[1:]) for case in predictions["case"]]
    _, scores = score_rows(read_model(chosen / "out/0/model.skops"), data(30)[0][held])
    assert np.allclose(predictions["value"], scores)


@pytest.mark.parametrize("name", KINDS)
def test_a_fold_is_fitted_as_if_it_were_the_only_one(chosen, name):
    files = [f"out/{fold}/{file}" for fold in ("0", "1", "all") for file in ("model.skops", "predictions.parquet")]
    for fold in ("all", "1", "0"):
        train(STATED, name, (fold,))
    alone = {file: (chosen / file).read_bytes() for file in files}
    train(STATED, name, ("0", "1", "all"))
    assert {file: (chosen / file).read_bytes() for file in files} == alone


def test_patients_of_a_group_stay_in_one_inner_fold(chosen, monkeypatch):
    together = []
    monkeypatch.setattr(classifier, "choose_values", lambda settings, *data: together.append(data[3]) or settings)
    folds = read_table(chosen / "folds.parquet", FOLDS)
    folds["group"] = [f"P{number // 2 * 2:02d}" for number in range(24)]
    write_table(folds, chosen / "folds.parquet", FOLDS)
    train({"rf": {**STATED["rf"], "search": {"folds": 2, "values": {"trees": [5]}}}}, "rf")
    assert together[0].tolist() == folds.loc[folds["random"] == 1, "group"].tolist()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_held_out_cannot_change_the_model(chosen, name):
    values = {"forest": ("trees", [5, 20]), "boosting": ("depth", [1, 2])}
    key, tried = values.get(STATED[name]["kind"], ("cost", [0.01, 1.0]))
    models = {name: {**STATED[name], "search": {"folds": 3, "values": {key: tried}}}}
    train(models, name)
    before = (chosen / "out/0/model.skops").read_bytes()
    folds = read_table(chosen / "folds.parquet", FOLDS).set_index("patient")["random"]
    for family in "tu":
        path = chosen / family / "cancer/0/features.parquet"
        features = read_table(path, SELECTED)
        held = features["patient"].map(folds) != 1
        features.loc[held, f"{family}__a"] = features.loc[held, f"{family}__a"] * 100 + 7
        write_table(features, path, SELECTED)
    cohort = pd.read_csv("cohort.csv")
    held = cohort["patient"].map(folds) != 1
    cohort.loc[held, "cancer"] = 1.0 - cohort.loc[held, "cancer"]
    cohort.to_csv("cohort.csv", index=False)
    train(models, name)
    assert (chosen / "out/0/model.skops").read_bytes() == before


def test_a_classifier_of_an_installed_package_is_trained_and_searched(chosen):
    nearest = {"kind": "nearest", "families": ["t"], "neighbours": 1}
    search = {"folds": 2, "values": {"neighbours": [1, 3]}}
    with toy.installed(chosen / "site"):
        for stated in (nearest, nearest | {"search": search}):
            train({"knn": stated}, "knn")
            predictions = read_table(chosen / "out/0/predictions.parquet", PREDICTIONS)
            assert len(predictions) == 12
            assert set(predictions["kind"]) == {"probability"}
            labels = predictions["case"].map(pd.read_csv("cohort.csv").set_index("case")["cancer"])
            assert predictions["value"][labels == 1].mean() > predictions["value"][labels == 0].mean()


SEARCHED = {
    **STATED["logistic"],
    "search": {"method": "tpe", "folds": 2, "trials": 3, "space": {"cost": {"low": 0.01, "high": 10, "log": True}}},
}


def test_what_is_held_out_cannot_change_a_search(chosen):
    train({"m": SEARCHED}, "m", ("0", "1", "all"))
    trials = {fold: (chosen / f"out/{fold}/trials.parquet").read_bytes() for fold in ("0", "1", "all")}
    cohort, folds = pd.read_csv("cohort.csv"), read_table(chosen / "folds.parquet", FOLDS)
    held = set(folds.loc[folds["random"] == 0, "patient"])
    cohort["cancer"] = cohort["cancer"].where(~cohort["patient"].isin(held), np.arange(30) // 4 % 2)
    cohort.to_csv("cohort.csv", index=False)
    for family in "tu":
        file = chosen / family / "cancer/0/features.parquet"
        table = read_table(file, SELECTED)
        table.loc[table["patient"].isin(held) | (table["patient"] >= "P24"), f"{family}__a"] += 7
        write_table(table, file, SELECTED)
    train({"m": SEARCHED}, "m", ("0", "1", "all"))
    assert (chosen / "out/0/trials.parquet").read_bytes() == trials["0"]
    assert (chosen / "out/1/trials.parquet").read_bytes() != trials["1"]


def test_the_model_of_a_search_has_the_values_that_its_table_says(chosen):
    train({"m": SEARCHED}, "m")
    trials = read_table(chosen / "out/0/trials.parquet", TRIALS)
    assert str(read_model(chosen / "out/0/model.skops").C) == trials.loc[trials["chosen"], "value"].item()
