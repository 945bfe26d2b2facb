"""The tables of a task of several classes."""

import numpy as np
import pandas as pd
import pytest

from sonomics.evaluate.several_classes.analysis import class_task_tables
from sonomics.statistics.calibration.intercept_slope import calibration_slope
from sonomics.statistics.classification.multiclass import class_aucs
from tests.evaluate.other_kinds import CLASSES, class_cases, class_context


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return class_task_tables(class_context())


def test_every_model_and_set_has_every_table(tables):
    for name in ("task_classes", "task_confusion", "task_aucs", "task_calibration"):
        found = set(map(tuple, tables[name][["model", "split"]].drop_duplicates().to_numpy()))
        assert found == {(model, split) for model in "ab" for split in ("train", "internal")}
    for name in ("task_roc", "task_calibration_curves"):
        assert set(tables[name]["model"]) == {"a"}


def test_pairs_and_m_are_those_of_hand_and_till(tables):
    cases = class_cases()
    cases = cases[cases["split"] == "internal"]
    values = cases[[f"a__probability__{name}" for name in CLASSES]].to_numpy()
    found = class_aucs(np.array(CLASSES)[cases["label"].astype(int)], values, CLASSES)
    table = tables["task_aucs"].query("model == 'a' and split == 'internal'").set_index("measure")
    assert table.loc["hand_till", "estimate"] == pytest.approx(found.hand_till)
    assert table.loc["pair", "estimate"].mean() == pytest.approx(found.hand_till)
    assert table.loc["rest", "estimate"].tolist() == pytest.approx(found.classes["auc"].tolist())
    assert table.loc["weighted_rest", "estimate"] == pytest.approx(found.weighted)
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["upper"]).all()


def test_the_area_below_the_curve_of_a_pair_is_its_conditional_auc(tables):
    curves = tables["task_roc"].query("split == 'internal' and measure == 'pair'")
    areas = tables["task_aucs"].query("model == 'a' and split == 'internal' and measure == 'conditional'")
    for (first, second), curve in curves.groupby(["first", "second"]):
        area = areas[(areas["first"] == first) & (areas["second"] == second)]["estimate"].item()
        assert np.trapezoid(curve["tpr"], curve["fpr"]) == pytest.approx(area)


def test_each_class_is_calibrated_against_the_rest(tables):
    cases = class_cases()
    cases = cases[cases["split"] == "train"]
    expected = calibration_slope(cases["label"] == 0, cases["a__probability__low"])
    table = tables["task_calibration"].set_index(["model", "split", "class", "statistic"]).sort_index()
    row = table.loc["a", "train", "low", "calibration_slope"]
    assert row["estimate"] == pytest.approx(expected.estimate)
    assert (row["lower"], row["upper"]) == pytest.approx((expected.lower, expected.upper))
    assert row["cases"] == (cases["label"] == 0).sum()


def test_means_over_classes_have_intervals_of_patients(tables):
    table = tables["task_classes"].set_index(["model", "split", "class", "statistic"]).sort_index()
    for key in (("macro", "f1"), ("weighted", "recall"), ("all", "accuracy"), ("all", "hand_till_m"), ("low", "f1")):
        row = table.loc[("b", "internal", *key)]
        assert row["lower"] < row["estimate"] < row["upper"]
        assert row["method"].startswith("bootstrap of patients")


def test_patients_with_several_cases_widen_the_interval():
    cases = class_cases()
    tables = {
        name: class_task_tables(class_context(cases.assign(patient=patient)))["task_classes"]
        for name, patient in {"apart": cases["case"], "together": cases["case"].str[:4]}.items()
    }
    width = {}
    for name, table in tables.items():
        by_key = table.set_index(["model", "split", "class", "statistic"]).sort_index()
        row = by_key.loc["a", "train", "all", "accuracy"]
        width[name] = row["upper"] - row["lower"]
    assert width["together"] != width["apart"]


def test_a_class_that_does_not_occur_is_not_estimable():
    cases = class_cases()
    cases.loc[(cases["split"] == "internal") & (cases["label"] == 2), "label"] = 1.0
    tables = class_task_tables(class_context(cases))
    absent = tables["task_aucs"].query("split == 'internal' and measure == 'rest' and first == 'high'")
    assert absent["estimate"].isna().all()
    assert set(absent["reason"]) == {"a class does not occur"}
    calibration = tables["task_calibration"].query("split == 'internal' and `class` == 'high'")
    assert calibration["estimate"].isna().all()
    assert set(calibration["reason"]) == {"only one class"}
