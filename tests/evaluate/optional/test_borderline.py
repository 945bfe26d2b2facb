"""The borderline class, by hand."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Borderline
from sonomics.evaluate.optional.borderline import borderline_table
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples

NAN = float("nan")
MODEL = Model("net", 0.5, "probability", "youden")
SETTINGS = {"column": "pathology", "value": "borderline"}


def cases_of(pathology: list[str | float], values: list[float], patients: list[str] | None = None) -> pd.DataFrame:
    names = [f"c{number}" for number in range(len(values))]
    frame = pd.DataFrame({"case": names, "patient": patients or names, "split": "internal", "pathology": pathology})
    labels = {"malignant": 1.0, "benign": 0.0, "borderline": 0.0}
    return frame.assign(label=[labels.get(str(name), NAN) for name in pathology], net__probability=values)


PATHOLOGY = ["benign", "benign", "benign", "borderline", "borderline", "malignant", "malignant", NAN]
VALUES = [0.1, 0.2, 0.7, 0.6, 0.4, 0.9, 0.5, 0.99]


def evaluate(cases: pd.DataFrame, model: Model = MODEL, **more: object) -> pd.DataFrame:
    return borderline_table(build_samples(cases, [model]), Borderline.partial({**SETTINGS, **more}), 0.95)


def row(table: pd.DataFrame, statistic: str) -> pd.Series:
    return table.set_index("statistic").loc[statistic]


def test_borderline_is_held_against_both_sides() -> None:
    table = evaluate(cases_of(PATHOLOGY, VALUES))
    assert row(table, "auc_borderline_vs_negative")["estimate"] == pytest.approx(4 / 6)
    assert row(table, "auc_positive_vs_borderline")["estimate"] == pytest.approx(3 / 4)
    assert row(table, "auc_left_out")["estimate"] == pytest.approx(5 / 6)
    assert row(table, "auc_as_positive")["estimate"] == pytest.approx(9 / 12)
    assert row(table, "auc_as_negative")["estimate"] == pytest.approx((5 + 3) / 10)
    counts = row(table, "auc_left_out")[["n", "negatives", "borderline", "positives", "method"]].tolist()
    assert counts == [5, 3, 2, 2, "DeLong"]


def test_the_share_called_positive_has_an_interval() -> None:
    called = row(evaluate(cases_of(PATHOLOGY, VALUES)), "called_positive")
    assert (called["estimate"], called["n"], called["method"]) == (0.5, 2, "Wilson")
    assert called["lower"] == pytest.approx(0.0945, abs=1e-4)
    several = cases_of(PATHOLOGY, VALUES, ["p1", "p1", "p2", "p3", "p3", "p4", "p5", "p6"])
    table = evaluate(several)
    assert row(table, "called_positive")["reason"] == "fewer than two patients"
    assert row(table, "auc_left_out")["method"] == "Obuchowski's clustered AUC"


def test_a_set_without_a_borderline_case_says_so_and_one_of_one_class_too() -> None:
    train = cases_of(PATHOLOGY, VALUES)
    test = cases_of(["benign", "benign"], [0.1, 0.2]).assign(split="external_1")
    both = pd.concat([train, test], ignore_index=True)
    table = evaluate(both).query("split == 'external_1'")
    assert row(table, "called_positive")["reason"] == "no borderline case"
    assert set(table.loc[table["statistic"] != "called_positive", "reason"]) == {"only one class"}
    assert table["estimate"].isna().all()


def test_numbers_may_name_the_class_and_no_threshold_is_named() -> None:
    cases = cases_of(PATHOLOGY, VALUES).assign(grade=[0, 0, 0, 1, 1, 2, 2, NAN])
    table = evaluate(cases, Model("net", NAN, "probability", "youden"), column="grade", value=1)
    assert row(table, "auc_borderline_vs_negative")["estimate"] == pytest.approx(4 / 6)
    assert row(table, "called_positive")["reason"] == "the threshold was not estimable on the training set"
    unscored = evaluate(cases.assign(net__probability=np.nan))
    assert unscored["estimate"].isna().all()


def test_a_value_that_nobody_has_stops_the_study() -> None:
    with pytest.raises(StudyError, match="no case has 'LMP'"):
        evaluate(cases_of(PATHOLOGY, VALUES), value="LMP")
