import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.files import write_json
from sonomics.core.models import read_model, write_model
from sonomics.core.schemas import FOLDS, PREDICTIONS, SELECTED
from sonomics.core.tables import read_table, write_table
from sonomics.train import classifier
from sonomics.train.classifier import apply, fit, main, radiomics_score, searched

KINDS = {
    "rf": {"kind": "forest", "families": ["t"], "trees": 20},
    "svm": {"kind": "svm", "families": ["t"], "cost": 1.0},
    "linear": {"kind": "svm", "families": ["t"], "cost": 1.0, "kernel": "linear"},
    "logistic": {"kind": "logistic", "families": ["t"], "cost": 1.0},
    "boosting": {"kind": "boosting", "families": ["t"], "trees": 20, "rate": 0.1, "depth": 2},
}


def data(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(n) % 2.0
    return np.column_stack([labels + random.normal(0, 0.3, n), random.normal(size=n)]), labels


def people(rows) -> np.ndarray:
    return np.array([f"P{number:02d}" for number in range(len(rows))])


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_larger_scores_mean_positive(settings):
    values, labels = data()
    kind, scores = apply(fit(settings, values, labels, people(values), seed=1), values)
    assert scores[labels == 1].mean() > scores[labels == 0].mean()
    assert kind == ("score" if settings["kind"] == "svm" else "probability")


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_without_features_every_case_gets_the_share_of_positives(settings):
    labels = np.array([1.0, 0, 0, 0])
    kind, scores = apply(fit(settings, np.empty((4, 0)), labels, people(labels), seed=1), np.empty((2, 0)))
    assert kind == "probability"
    assert scores.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
def test_a_study_without_a_test_set_has_no_scores_of_it(settings):
    values, labels = data()
    kind, scores = apply(fit(settings, values, labels, people(values), seed=1), values[:0])
    assert kind == ("score" if settings["kind"] == "svm" else "probability")
    assert scores.shape == (0,)


@pytest.mark.parametrize(("label", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_rows_of_one_class_give_its_share(label, share):
    values, _ = data(4)
    _, scores = apply(fit(KINDS["svm"], values, np.full(4, label), people(values), seed=1), values)
    assert scores.tolist() == [share] * 4


def test_the_radiomics_score_is_the_lassos_linear_combination(tmp_path):
    selection = {"coefficients": {"a": 2.0, "b": -1.0}, "intercept": 0.5, "kept": ["a", "b"]}
    model = radiomics_score(selection, ["b", "a"])
    values = np.array([[1.0, 3.0], [0.0, 0.0]])
    kind, scores = apply(model, values)
    assert kind == "probability"
    assert scores == pytest.approx(1 / (1 + np.exp(-np.array([0.5 + 2 * 3 - 1, 0.5]))))
    write_model(tmp_path / "m.skops", model)
    assert apply(read_model(tmp_path / "m.skops"), values)[1] == pytest.approx(scores)


@pytest.fixture
def chosen(inside):
    """Selected features of 24 training cases in two folds and 6 tests."""
    values, labels = data(30)
    cases = [f"P{i:02d}" for i in range(30)]
    split = ["train"] * 24 + ["internal"] * 6
    cohort = pd.DataFrame({"patient": cases, "case": cases, "centre": "a", "split": split, "cancer": labels})
    cohort.to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:24], "group": cases[:24], "fold": [0, 0, 1, 1] * 6})
    write_table(folds, inside / "folds.parquet", FOLDS)
    write_json(inside / "state.json", {})
    about = {"patient": cases, "case": cases, "image": ""}
    write_table(pd.DataFrame({**about, "t__a": values[:, 0]}), inside / "a.parquet", SELECTED)
    write_table(pd.DataFrame({**about, "t__b": values[:, 1]}), inside / "b.parquet", SELECTED)
    return inside


def train(models: dict, name: str) -> None:
    task = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    study = {"seed": 1, "tasks": task, "clinical": [], "shuffle_labels": False}
    settings = json.dumps({"study": study, "train": {"models": models}})
    names = ["--variant", "main", "--model", name, "--task", "cancer", "--fold", "0"]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--features", "a.parquet", "b.parquet"]
    files += ["--selections", "state.json"]
    main(["--settings", settings, *names, *files, "--state", "m.skops", "--out", "p.parquet"])


def test_job_writes_a_model_that_makes_its_predictions(chosen):
    train(KINDS, "rf")
    predictions = read_table(chosen / "p.parquet", PREDICTIONS)
    assert len(predictions) == 12
    assert set(predictions["fold"]) == {"0"}
    held = [int(case[1:]) for case in predictions["case"]]
    _, scores = apply(read_model(chosen / "m.skops"), data(30)[0][held])
    assert np.allclose(predictions["value"], scores)


def test_patients_of_a_group_stay_in_one_inner_fold(chosen, monkeypatch):
    together = []
    monkeypatch.setattr(classifier, "searched", lambda settings, *data: together.append(data[2]) or settings)
    folds = read_table(chosen / "folds.parquet", FOLDS)
    folds["group"] = [f"P{number // 2 * 2:02d}" for number in range(24)]
    write_table(folds, chosen / "folds.parquet", FOLDS)
    train({"rf": {**KINDS["rf"], "search": {"folds": 2, "values": {"trees": [5]}}}}, "rf")
    assert together[0].tolist() == folds.loc[folds["fold"] == 1, "group"].tolist()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_held_out_cannot_change_the_model(chosen, name):
    values = {"forest": ("trees", [5, 20]), "boosting": ("depth", [1, 2])}
    key, tried = values.get(KINDS[name]["kind"], ("cost", [0.01, 1.0]))
    models = {name: {**KINDS[name], "search": {"folds": 3, "values": {key: tried}}}}
    train(models, name)
    before = (chosen / "m.skops").read_bytes()
    folds = read_table(chosen / "folds.parquet", FOLDS).set_index("patient")["fold"]
    for table in ("a", "b"):
        features = read_table(chosen / f"{table}.parquet", SELECTED)
        held = features["patient"].map(folds) != 1
        features.loc[held, f"t__{table}"] = features.loc[held, f"t__{table}"] * 100 + 7
        write_table(features, chosen / f"{table}.parquet", SELECTED)
    cohort = pd.read_csv("cohort.csv")
    held = cohort["patient"].map(folds) != 1
    cohort.loc[held, "cancer"] = 1.0 - cohort.loc[held, "cancer"]
    cohort.to_csv("cohort.csv", index=False)
    train(models, name)
    assert (chosen / "m.skops").read_bytes() == before


def test_every_model_comes_back_from_its_file(tmp_path):
    values, labels = data()
    for name, settings in KINDS.items():
        model = fit(settings, values, labels, people(values), seed=1)
        write_model(tmp_path / f"{name}.skops", model)
        assert apply(read_model(tmp_path / f"{name}.skops"), values)[1] == pytest.approx(apply(model, values)[1])


@pytest.mark.parametrize("name", ["linear", "logistic", "boosting"])
def test_balanced_classes_score_a_rare_class_higher_than_balanced_cases_do(name):
    random = np.random.default_rng(3)
    labels = np.repeat([0.0, 1.0], [50, 6])
    values = np.column_stack([labels + random.normal(0, 1, 56), random.normal(size=56)])
    means = {
        weight: apply(fit({**KINDS[name], "class_weight": weight}, values, labels, people(values), seed=1), values)[1]
        for weight in ("balanced", "none")
    }
    assert means["balanced"].mean() > means["none"].mean()


def ring(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Positives around negatives: no straight line parts them."""
    turn = np.linspace(0, 2 * np.pi, n)
    labels = np.arange(n) % 2.0
    return np.column_stack([np.cos(turn), np.sin(turn)]) * (0.3 + labels)[:, None], labels


def test_the_search_takes_what_parts_the_classes():
    values, labels = ring()
    settings = {**KINDS["linear"], "search": {"folds": 3, "values": {"kernel": ["linear", "rbf"], "cost": [1.0]}}}
    assert searched(settings, values, labels, people(values), seed=1)["kernel"] == "rbf"
    assert fit(settings, values, labels, people(values), seed=1).kernel == "rbf"


def test_with_one_patient_a_class_the_first_candidate_is_taken():
    values, labels = ring(4)
    settings = {**KINDS["linear"], "search": {"folds": 3, "values": {"kernel": ["linear", "rbf"]}}}
    assert searched(settings, values, labels, np.array(["P1", "P2", "P1", "P2"]), seed=1)["kernel"] == "linear"


def test_a_radscore_without_coefficients_is_refused():
    with pytest.raises(StudyError, match="end the steps with lasso"):
        radiomics_score({"coefficients": {}, "intercept": None}, ["a"])


@pytest.mark.parametrize("settings", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("shape", ["separable", "wide", "constant"])
def test_odd_tables_give_finite_scores_in_the_right_order(settings, shape):
    values, labels = data(24)
    values = {
        "separable": np.column_stack([labels, values[:, 1]]),
        "wide": np.column_stack([values, np.random.default_rng(1).normal(size=(24, 200))]),
        "constant": np.column_stack([values, np.ones(24)]),
    }[shape]
    _, scores = apply(fit(settings, values, labels, people(values), seed=1), values)
    assert np.isfinite(scores).all()
    assert scores[labels == 1].mean() > scores[labels == 0].mean()
