"""The job that combines, calibrates and freezes final models."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.core.schemas import FOLDS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from sonomics.stack.scores import main
from tests.kinds import toy

TASK = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}


@pytest.fixture
def study(inside: Path) -> Path:
    """Forty training and ten test cases with two images each, scored by a good base model and by noise."""
    random = np.random.default_rng(0)
    cases, labels = [f"P{number:02d}" for number in range(50)], np.arange(50) % 2
    splits = np.where(np.arange(50) < 40, "train", "internal")
    cohort = pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": splits, "cancer": labels})
    cohort.to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:40], "group": cases[:40], "fold": np.arange(40) // 2 % 4})
    write_table(folds, inside / "folds.parquet", FOLDS)
    rows = [
        {
            "patient": case, "case": case, "image": f"{case}-{image}", "variant": "main", "model": model,
            "task": "cancer", "class": "1", "kind": "score", "horizon": np.nan, "split": split,
            "fold": str(number // 2 % 4) if split == "train" else "all",
            "value": random.normal(labels[number] * (model == "good"), 0.5),
        }
        for number, (case, split) in enumerate(zip(cases, splits, strict=True))
        for model in ("good", "noise")
        for image in ("a", "b")
    ]  # fmt: skip
    write_table(pd.DataFrame(rows), inside / "predictions.parquet", PREDICTIONS)
    return inside


def stack(models: dict, **settings: str) -> None:
    study = {"seed": 1, "tasks": TASK, "clinical": [], "shuffle_labels": False}
    stated = json.dumps({"study": study, "stack": {**settings, "models": models}})
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--predictions", "predictions.parquet"]
    main(
        [
            "--settings",
            stated,
            "--variant",
            "main",
            "--task",
            "cancer",
            "--models",
            *json.loads(stated)["stack"]["models"],
            *files,
            "--out",
            "stack",
        ]
    )


def test_every_case_gets_one_score_and_one_probability(study):
    stack({"both": {"of": ["good", "noise"]}, "alone": {"of": ["good"]}}, pool="mean", threshold="youden")
    for model in ("both", "alone"):
        folder = study / "stack" / model / "cancer"
        predictions = read_table(folder / "predictions.parquet", PREDICTIONS)
        assert predictions.groupby("kind")["case"].nunique().to_dict() == {"probability": 50, "score": 50}
        assert len(predictions) == 100
        assert set(predictions["image"]) == {""}
        probabilities = predictions[predictions["kind"] == "probability"]["value"]
        assert probabilities.between(0, 1).all()
        assert 0 < read_json(folder / "thresholds.json")["cutoff"] < 1
        assert read_json(folder / "calibrator.json")["method"] == "platt"
        assert set(pd.read_csv(folder / "nomogram.csv")["kind"]) == {"variable", "total", "probability"}
    state = read_json(study / "stack/both/cancer/state.json")
    weight = dict(zip(state["models"], state["weight"], strict=True))
    assert weight["good"] > 2 * abs(weight["noise"])


def test_labels_of_test_cases_and_of_the_own_fold_change_no_score(study):
    stack({"both": {"of": ["good", "noise"]}}, pool="max", threshold="accuracy")
    file = study / "stack/both/cancer/predictions.parquet"
    before = read_table(file, PREDICTIONS)
    cohort = pd.read_csv("cohort.csv")
    is_turned = (cohort["split"] == "internal") | (np.arange(50) // 2 % 4 == 1)
    cohort.loc[is_turned, "cancer"] = 1 - cohort.loc[is_turned, "cancer"]
    cohort.to_csv("cohort.csv", index=False)
    stack({"both": {"of": ["good", "noise"]}}, pool="max", threshold="accuracy")
    after = read_table(file, PREDICTIONS)
    scores = before["kind"] == "score"
    own = scores & (before["fold"] == "1")
    pd.testing.assert_frame_equal(before[own], after[own])
    assert not np.allclose(before["value"][scores & ~own], after["value"][scores & ~own])


def test_kinds_of_an_installed_package_pool_combine_calibrate_and_cut(study):
    chosen = {"pool": "least", "calibration": "half", "threshold": "middle"}
    with toy.installed(study / "site"):
        stack({"toy": {"of": ["good", "noise"], "weights": "leader"}}, **chosen)
    folder = study / "stack/toy/cancer"
    predictions = read_table(folder / "predictions.parquet", PREDICTIONS)
    assert set(predictions[predictions["kind"] == "probability"]["value"]) == {0.5}
    assert read_json(folder / "state.json")["weight"] == [1.0, 0.0]
    assert read_json(folder / "thresholds.json") == {"cutoff": 0.5, "on": "probability", "reason": "", "rule": "middle"}
    assert pd.read_csv(folder / "nomogram.csv").empty
