import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.files import read_json
from sonomics.core.schemas import FOLDS, PREDICTIONS
from sonomics.core.tables import read_table, write_table
from sonomics.train.clinical import apply, encode, encoded, fit, main, points


@pytest.fixture
def cohort():
    random = np.random.default_rng(0)
    n = 120
    size = random.normal(30, 8, n)
    labels = (random.random(n) < 1 / (1 + np.exp(-(size - 30) / 6))).astype(float)
    sex = np.where(random.random(n) < 0.4, "M", "F")
    return pd.DataFrame({"size_mm": size, "sex": sex, "noise": random.normal(size=n)}), labels


def test_odds_ratios_equal_statsmodels(cohort):
    from statsmodels.api import Logit, add_constant

    clinical, labels = cohort
    table = pd.DataFrame(fit(clinical, labels, enter=1.0)["odds_ratios"]).set_index(["model", "variable"])
    design = clinical.assign(sex=(clinical["sex"] == "M").astype(float)).rename(columns={"sex": "sex=M"})
    for model, names in (("univariable", ["size_mm"]), ("multivariable", list(design))):
        theirs = Logit(labels, add_constant(design[names])).fit(disp=0)
        for name in names:
            ours = table.loc[(model, name)]
            assert ours["odds_ratio"] == pytest.approx(np.exp(theirs.params[name]), rel=1e-5)
            assert ours[["lower", "upper"]].tolist() == pytest.approx(
                np.exp(theirs.conf_int().loc[name]).tolist(), rel=1e-5
            )
            assert ours["p"] == pytest.approx(theirs.pvalues[name], rel=1e-4)


def test_only_what_tells_enters(cohort):
    clinical, labels = cohort
    state = fit(clinical, labels, enter=0.05)
    assert state["entered"] == ["size_mm"]
    scores = apply(state, clinical)
    assert scores[labels == 1].mean() > scores[labels == 0].mean()


def test_when_nothing_enters_every_case_gets_the_share_of_positives(cohort):
    clinical, labels = cohort
    state = fit(clinical[["noise"]], labels, enter=1e-9)
    assert "no variable" in state["note"]
    assert apply(state, clinical[["noise"]]) == pytest.approx(np.full(120, labels.mean()))


def test_a_variable_that_is_constant_or_separates_the_classes_does_not_enter(cohort):
    clinical, labels = cohort
    state = fit(clinical.assign(label=labels, constant=4.0), labels, enter=0.05)
    assert state["entered"] == ["size_mm"]
    assert state["note"] == "label, constant: no univariable maximum (constant, or separates the classes)"
    table = pd.DataFrame(state["odds_ratios"]).set_index("variable")
    assert table.loc[["label", "constant"], ["odds_ratio", "lower", "upper", "p"]].isna().all(axis=None)
    alone = fit(pd.DataFrame({"label": labels}), labels, enter=1.0)
    assert "no variable has a univariable P < 1" in alone["note"]
    assert apply(alone, pd.DataFrame({"label": labels})) == pytest.approx(np.full(120, labels.mean()))


def test_variables_that_separate_the_classes_together_leave_the_share_of_positives(cohort):
    labels = cohort[1]
    noise = cohort[0]["noise"] * 3
    clinical = pd.DataFrame({"sum": labels + noise, "noise": noise})
    state = fit(clinical, labels, enter=1.0)
    assert state["entered"] == ["sum", "noise"]
    assert state["note"] == "the multivariable model has no maximum (separable classes)"
    table = pd.DataFrame(state["odds_ratios"]).set_index("model")["odds_ratio"]
    assert table["multivariable"].isna().tolist() == [True, True]
    assert table["univariable"].notna().all()
    assert apply(state, clinical) == pytest.approx(np.full(120, labels.mean()))
    assert points(state).empty


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_fold_of_one_class_gives_its_share_half_a_case_away_from_certainty(cohort, label):
    clinical = cohort[0]
    state = fit(clinical, np.full(120, label), enter=1.0)
    assert state["entered"] == []
    assert apply(state, clinical) == pytest.approx(np.full(120, (label * 120 + 0.5) / 121))
    assert "no univariable maximum" in state["note"]


def test_a_nomogram_gives_the_models_probabilities(cohort):
    clinical, labels = cohort
    state = fit(clinical, labels, enter=1.0)
    table = points(state).set_index(["axis", "label"])["points"]
    case = pd.DataFrame({"size_mm": [30.0], "sex": ["M"], "noise": [0.0]})
    total = table["size_mm", "30"] + table["sex", "M"] + table["noise", "0"]
    scale = table["Probability"]
    marks = np.log(scale.index.astype(float) / (1 - scale.index.astype(float)))
    expected = apply(state, case)[0]
    assert np.interp(total, scale, marks) == pytest.approx(np.log(expected / (1 - expected)), abs=1e-6)
    assert table.drop(["Total points", "Probability"], level="axis").max() == pytest.approx(100)


def test_a_model_of_nothing_has_no_nomogram(cohort):
    clinical, labels = cohort
    assert points(fit(clinical[["noise"]], labels, enter=1e-9)).empty
    assert points(fit(pd.DataFrame({"label": labels}), labels, enter=1.0)).empty


def test_missing_values_count_as_the_usual_ones_of_training():
    encoding = encode(pd.Series([1.0, 2.0, 9.0, np.nan], name="age"))
    assert encoded(pd.Series([np.nan, 4.0], name="age"), encoding)["age"].tolist() == [2.0, 4.0]
    levels = encode(pd.Series(["b", "a", "b", None, "c"], name="sex"))
    assert levels == {"levels": ["b", "a", "c"]}
    table = encoded(pd.Series(["a", None, "new"], name="sex"), levels)
    assert table.to_dict("list") == {"sex=a": [1.0, 0.0, 0.0], "sex=c": [0.0, 0.0, 0.0]}


def test_job_fits_outside_the_fold_and_scores_inside(inside, cohort):
    clinical, labels = cohort
    cases = [f"P{number:03d}" for number in range(120)]
    table = clinical.assign(patient=cases, case=cases, centre="a", split=["train"] * 90 + ["internal"] * 30)
    table.assign(cancer=labels).to_csv("cohort.csv", index=False)
    folds = pd.DataFrame({"patient": cases[:90], "group": cases[:90], "fold": [number % 2 for number in range(90)]})
    write_table(folds, inside / "folds.parquet", FOLDS)
    study = {
        "seed": 1, "clinical": list(clinical), "shuffle_labels": False,
        "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": 1}},
    }  # fmt: skip
    models = {"clinic": {"kind": "clinical", "columns": ["size_mm", "sex"], "enter": 0.1}}
    settings = json.dumps({"study": study, "train": {"models": models}})
    about = ["--variant", "main", "--model", "clinic", "--task", "cancer"]
    files = ["--cohort", "cohort.csv", "--folds", "folds.parquet"]
    outs = [
        "--state",
        "clinical.json",
        "--odds-ratios",
        "odds.csv",
        "--nomogram",
        "nomogram.csv",
        "--out",
        "predictions.parquet",
    ]
    main(["--settings", settings, *about, "--fold", "0", *files, *outs])
    predictions = read_table(inside / "predictions.parquet", PREDICTIONS)
    assert set(predictions["patient"]) == set(cases[0:90:2])
    state = read_json(inside / "clinical.json")
    fitted = fit(clinical.iloc[1:90:2][["size_mm", "sex"]], labels[1:90:2], 0.1)
    assert state["coefficients"] == pytest.approx(fitted["coefficients"])
    assert set(pd.read_csv("odds.csv")["model"]) == {"univariable", "multivariable"}
    assert set(pd.read_csv("nomogram.csv")["kind"]) == {"variable", "total", "probability"}

    held = ~table["case"].isin(cases[1:90:2])
    changed = table.assign(cancer=np.where(held, 1 - labels, labels))
    changed.loc[held, ["size_mm", "sex"]] = [1e6, "X"]
    changed.to_csv("cohort.csv", index=False)
    main(["--settings", settings, *about, "--fold", "0", *files, *outs])
    assert read_json(inside / "clinical.json") == state
