"""Subgroups: who is in which, figures of the pure functions, and "too few" instead of a number."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.evaluate.robustness.hazards import hazard_table
from sonomics.evaluate.robustness.subgroups import assign_subgroups, device_of_cases, subgroup_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.survival.risk_groups import cases_at_risk
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.comparison.subgroups import auc_by_subgroup, auc_heterogeneity
from sonomics.statistics.survival.cox_tests import cox_interaction
from tests.evaluate.hand_made import A, cases_of

NOBODY = pd.Series(dtype=object)


def test_a_case_has_the_scanner_of_its_kept_images() -> None:
    images = pd.DataFrame(
        {
            "case": ["x", "x", "y", "y", "z", "w"],
            "device": ["one", "one", "one", "two", "", "one"],
            "keep": [True, True, True, True, True, False],
        }
    )
    assert device_of_cases(images).to_dict() == {"x": "one", "y": "several"}


def test_numbers_are_cut_at_stated_points_or_at_the_median_of_training() -> None:
    cases = cases_of({"train": 3, "internal": 2}).assign(age=[40.0, 50.0, 60.0, 80.0, np.nan], grade=[1.0, 2, 1, 2, 1])
    groups = assign_subgroups(cases, NOBODY, {"age": [65, 50], "grade": "levels"})
    assert groups["age"].tolist()[:4] == ["< 50", "50 to < 65", "50 to < 65", "≥ 65"]
    assert groups["age"].isna().tolist() == [False] * 4 + [True]
    assert groups["grade"].tolist() == ["1", "2", "1", "2", "1"]
    assert assign_subgroups(cases, NOBODY, {"age": "median"})["age"].tolist()[:4] == ["< 50", "≥ 50", "≥ 50", "≥ 50"]
    with pytest.raises(StudyError, match="text and cannot be cut"):
        assign_subgroups(cases, NOBODY, {"centre": "median"})


def test_figures_and_interaction_equal_the_pure_functions_in_order_of_size() -> None:
    cases = cases_of({"internal": 200}).assign(age=np.linspace(9, 120, 200), sex=["f", "m"] * 100)
    groups = assign_subgroups(cases, NOBODY, {"age": [10, 90], "sex": "levels"})
    table = subgroup_table(build_samples(cases, [A]), groups, 0.95, 10)
    age = table[table["variable"] == "age"]
    assert age["level"].tolist() == ["< 10", "10 to < 90", "≥ 90"]
    assert age["reason"].tolist() == ["too few", "", ""]
    assert age["n"].sum() == 200
    expected = auc_by_subgroup(cases["label"], cases["a__probability"], groups["sex"])
    sex = table[table["variable"] == "sex"]
    assert sex["estimate"].tolist() == pytest.approx(expected["auc"].tolist())
    assert sex["p_interaction"].iloc[0] == pytest.approx(auc_heterogeneity(expected).p)
    both = [age["p_interaction"].iloc[0], sex["p_interaction"].iloc[0]]
    assert [age["p_holm"].iloc[0], sex["p_holm"].iloc[0]] == pytest.approx(holm(both).tolist())
    assert table.iloc[0][["variable", "level", "n"]].tolist() == ["all", "all", 200]


def test_unknown_is_a_level_of_its_own() -> None:
    cases = cases_of({"internal": 60}).assign(sex=["f"] * 30 + [None] * 30)
    table = subgroup_table(build_samples(cases, [A]), assign_subgroups(cases, NOBODY, {"sex": "levels"}), 0.95, 5)
    assert table[table["variable"] == "sex"]["level"].tolist() == ["f", "unknown"]
    device = table[table["variable"] == "device"]
    assert (device["level"].tolist(), device["n"].tolist()) == (["unknown"], [60])


def test_intervals_know_that_a_patient_has_several_cases() -> None:
    cases = cases_of({"internal": 120})
    single = subgroup_table(build_samples(cases, [A]), assign_subgroups(cases, NOBODY, {}), 0.95, 10).iloc[0]
    twice = pd.concat([cases, cases.assign(case=cases["case"] + "x")], ignore_index=True)
    both = subgroup_table(build_samples(twice, [A]), assign_subgroups(twice, NOBODY, {}), 0.95, 10).iloc[0]
    assert both["method"] == "Obuchowski, clustered by patient"
    # Every case twice says nothing new, so the interval must not shrink.
    assert both["upper"] - both["lower"] == pytest.approx(single["upper"] - single["lower"], rel=0.02)


def test_hazard_ratios_have_the_likelihood_ratio_of_the_interaction() -> None:
    cases = cases_of({"internal": 150}, events=True).assign(sex=["f", "m"] * 75)
    at_risk = cases_at_risk(build_samples(cases, [A]))
    table = hazard_table(at_risk, assign_subgroups(cases, NOBODY, {"sex": "levels"}), 0.95, 10)
    sex = table[table["variable"] == "sex"]
    high, male = (cases["a__probability"] >= A.cutoff).astype(int), (cases["sex"] == "m").astype(int)
    expected = cox_interaction(cases["time"], cases["event"], high, male)
    assert sex["p_interaction"].iloc[0] == pytest.approx(expected.likelihood_ratio.p, rel=1e-6)
    assert sex["df"].iloc[0] == 1
    assert sex["events"].sum() == cases["event"].sum()
