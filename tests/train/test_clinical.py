"""The job that trains a clinical model on its folds."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.core.predictor import average_folds
from sonomics.core.schemas import FOLDS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from sonomics.train.clinical import main
from sonomics.train.clinical_model.binary import fit
from tests.train.clinical_model.studies import CLASSES, draw_columns, draw_follow_up, draw_grades


def test_job_fits_outside_the_fold_and_scores_inside(inside, cohort):
    clinical, labels = cohort
    cases = [f"P{number:03d}" for number in range(120)]
    table = clinical.assign(patient=cases, case=cases, centre="a", split=["train"] * 90 + ["internal"] * 30)
    table.assign(cancer=labels).to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:90], "group": cases[:90], "random": [number % 2 for number in range(90)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    study = {
        "seed": 1, "clinical": list(clinical), "shuffle_labels": False,
        "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": 1}},
    }  # fmt: skip
    models = {"clinic": {"kind": "clinical", "columns": ["size_mm", "sex"], "enter": 0.1}}
    settings = json.dumps({"study": study, "train": {"models": models}})
    about = ["--variant", "main", "--model", "clinic", "--task", "cancer"]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random"]
    main(["--settings", settings, *about, "--fold", "0", *files, "--out", "alone"])
    main(["--settings", settings, *about, "--fold", "all", "1", "0", *files, "--out", "."])
    assert {file.name for file in (inside / "alone/0").iterdir()} == {
        "clinical.json", "odds_ratios.csv", "nomogram.csv", "predictions.parquet",
    }  # fmt: skip
    for file in (inside / "alone/0").iterdir():
        assert (inside / "0" / file.name).read_bytes() == file.read_bytes()
    predictions = read_table(inside / "0/predictions.parquet", PREDICTIONS)
    assert set(predictions["patient"]) == set(cases[0:90:2])
    state = read_json(inside / "0/clinical.json")
    fitted = fit(clinical.iloc[1:90:2][["size_mm", "sex"]], labels[1:90:2], 0.1)
    assert state["coefficients"] == pytest.approx(fitted["coefficients"])
    assert set(pd.read_csv("0/odds_ratios.csv")["model"]) == {"univariable", "multivariable"}
    assert set(pd.read_csv("0/nomogram.csv")["kind"]) == {"variable", "total", "probability"}

    held = ~table["case"].isin(cases[1:90:2])
    changed = table.assign(cancer=np.where(held, 1 - labels, labels))
    changed.loc[held, ["size_mm", "sex"]] = [1e6, "X"]
    changed.to_csv("cohort.csv", index=False)
    main(["--settings", settings, *about, "--fold", "0", *files, "--out", "."])
    assert read_json(inside / "0/clinical.json") == state


@pytest.mark.parametrize("name", ["grade", "relapse"])
def test_job_serves_classes_and_follow_up_fold_by_fold(inside, name):
    clinical = draw_columns(120)
    cases = [f"P{number:03d}" for number in range(120)]
    table = clinical.assign(patient=cases, case=cases, centre="a", split=["train"] * 90 + ["internal"] * 30)
    table["grade"] = np.array(CLASSES)[draw_grades(clinical).astype(int)]
    table[["months", "relapsed"]] = draw_follow_up(clinical)
    table.to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:90], "group": cases[:90], "random": [number % 2 for number in range(90)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    tasks = {
        "grade": {"type": "classes", "column": "grade", "classes": CLASSES},
        "relapse": {"type": "survival", "time": "months", "event": "relapsed", "horizons": [12, 24]},
    }
    study = {"seed": 1, "clinical": list(clinical), "shuffle_labels": False, "tasks": tasks}
    models = {"clinic": {"kind": "clinical", "columns": ["age", "sex"], "enter": 0.5}}
    settings = json.dumps({"study": study, "train": {"models": models}})
    about = ["--variant", "main", "--model", "clinic", "--task", name]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet", "--scheme", "random"]
    main(["--settings", settings, *about, "--fold", "0", "all", *files, "--out", "."])
    ratios = {"grade": "odds_ratios", "relapse": "hazard_ratios"}[name]
    assert {file.name for file in (inside / "0").iterdir()} == {
        "clinical.json", f"{ratios}.csv", "nomogram.csv", "predictions.parquet",
    }  # fmt: skip
    predictions = read_table(inside / "0/predictions.parquet", PREDICTIONS)
    assert set(predictions["patient"]) == set(cases[0:90:2])
    assert set(read_table(inside / "all/predictions.parquet", PREDICTIONS)["patient"]) == set(cases[90:])
    kinds = predictions.groupby(["class", "kind"]).size().to_dict()
    assert kinds == (
        {(word, "probability"): 45 for word in CLASSES}
        if name == "grade"
        else {("1", "risk"): 45, ("1", "probability"): 90}
    )
    first = pd.read_csv(f"0/{ratios}.csv")
    assert set(first["model"]) == {"univariable", "multivariable"}
    assert set(pd.read_csv("0/nomogram.csv")["kind"]) == {"variable", "total", "probability"}

    before = read_json(inside / "0/clinical.json")
    held = ~table["case"].isin(cases[1:90:2])
    changed = table.copy()
    changed.loc[held, ["grade", "months", "relapsed", "age", "sex"]] = ["high", 1.0, 1.0, 999.0, "X"]
    changed.to_csv("cohort.csv", index=False)
    main(["--settings", settings, *about, "--fold", "0", *files, "--out", "."])
    assert read_json(inside / "0/clinical.json") == before


def test_with_the_predictor_folds_each_fold_scores_the_cases_outside_training_too(inside, cohort):
    clinical, labels = cohort
    cases = [f"P{number:03d}" for number in range(120)]
    table = clinical.assign(patient=cases, case=cases, centre="a", split=["train"] * 90 + ["internal"] * 30)
    table.assign(cancer=labels).to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:90], "group": cases[:90], "random": [number % 2 for number in range(90)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    study = {"seed": 1, "clinical": list(clinical), "shuffle_labels": False}
    study["tasks"] = {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}
    model = {"kind": "clinical", "columns": ["size_mm", "sex"], "enter": 0.1, "predictor": "folds"}
    settings = json.dumps({"study": study, "train": {"models": {"clinic": model}}})
    about = ["--variant", "main", "--model", "clinic", "--task", "cancer", "--fold", "0", "1", "all"]
    main(
        [
            "--settings",
            settings,
            *about,
            "--cohort",
            "cohort.csv",
            "--folds",
            "folds.parquet",
            "--scheme",
            "random",
            "--out",
            ".",
        ]
    )
    written = {fold: read_table(inside / fold / "predictions.parquet", PREDICTIONS) for fold in ("0", "1", "all")}
    assert set(written["0"]["case"]) == set(cases[0:90:2]) | set(cases[90:])
    averaged = average_folds(pd.concat(written.values(), ignore_index=True))
    tests = averaged[averaged["split"] != "train"].set_index("case")["value"]
    by_fold = [written[fold].set_index("case")["value"].reindex(cases[90:]) for fold in ("0", "1")]
    np.testing.assert_allclose(tests.reindex(cases[90:]), np.mean(by_fold, axis=0))
    assert averaged["case"].is_unique
