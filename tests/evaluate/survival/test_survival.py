"""Time to the event: tables against the pure functions, and what cannot be estimated says so."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Evaluate
from sonomics.evaluate.samples.scored import Scored, build_samples
from sonomics.evaluate.survival.analysis import choose_horizons
from sonomics.evaluate.survival.cox_models import cox_terms, proportional_table
from sonomics.evaluate.survival.cutpoint import cutpoint_table
from sonomics.evaluate.survival.follow_up import follow_up_table
from sonomics.evaluate.survival.performance import risk_by_split, survival_decision_table, survival_table
from sonomics.evaluate.survival.risk_groups import cases_at_risk
from sonomics.evaluate.survival.treatment import find_treated, treatment_curves, treatment_table
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.survival.concordance import harrell_c, uno_c
from sonomics.statistics.survival.cox_tests import cox_interaction
from sonomics.statistics.survival.cutpoint import maximally_selected_log_rank
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, median_follow_up
from sonomics.statistics.survival.log_rank import log_rank
from sonomics.statistics.survival.proportional_hazards import proportional_hazards_test
from tests.evaluate.hand_made import A, B, cases_of

SAMPLING = Sampling(0.95, 30, 1)
CASES = cases_of({"train": 90, "internal": 60}, events=True)
TEST = CASES[CASES["split"] == "internal"]


def test_concordance_area_and_error_equal_the_pure_functions() -> None:
    table = survival_table(build_samples(CASES, [A, B]), [12.0], SAMPLING)
    rows = table[(table["split"] == "internal") & (table["model"] == "a")].set_index("statistic")
    time, event, risk = TEST["time"], TEST["event"], TEST["a__probability"]
    expected = harrell_c(time, event, risk)
    assert rows.loc["harrell_c", ["estimate", "lower", "upper"]].tolist() == pytest.approx(list(expected[:3]))
    assert rows.loc["uno_c", "estimate"] == pytest.approx(uno_c(time, event, risk, 12).estimate)
    assert rows.loc["uno_c", "lower"] < rows.loc["uno_c", "estimate"] < rows.loc["uno_c", "upper"]
    area = time_dependent_auc(time, event, risk, 12)
    assert rows.loc["auc", ["estimate", "lower"]].tolist() == pytest.approx(list(area.area[:2]))
    assert rows.loc["auc", "method"].startswith(f"{area.cases} with the event, {area.controls} beyond")
    predicted = risk_by_split(build_samples(CASES, [A]), A, 12)["internal"]
    assert rows.loc["brier", "estimate"] == pytest.approx(ipcw_brier(time, event, predicted, 12))
    assert rows.loc["harrell_c", ["n", "events"]].tolist() == [60, int(event.sum())]
    other = table[(table["model"] == "b") & (table["statistic"] == "uno_c")]
    assert other["lower"].isna().all()


def test_the_risk_at_a_horizon_is_fitted_on_training_alone() -> None:
    changed = CASES.assign(time=CASES["time"].where(CASES["split"] == "train", 1.0))
    before, after = (risk_by_split(build_samples(cases, [A]), A, 12) for cases in (CASES, changed))
    for split in ("train", "internal"):
        np.testing.assert_array_equal(before[split], after[split])


def test_a_horizon_beyond_follow_up_is_not_estimable() -> None:
    table = survival_table(build_samples(CASES, [A]), [500.0], SAMPLING).set_index(["split", "statistic"])
    for statistic in ("auc", "brier", "scaled_brier"):
        row = table.loc[("internal", statistic)]
        assert np.isnan(row["estimate"])
        assert row["reason"]
    assert survival_decision_table(build_samples(CASES, [A]), [500.0], [0.2]).empty
    assert len(survival_decision_table(build_samples(CASES, [A]), [12.0], [0.2, 0.4])) == 4


def test_several_cases_of_a_patient_are_resampled_together() -> None:
    cases = CASES.assign(patient=[f"p{number // 2}" for number in range(len(CASES))])
    row = survival_table(build_samples(cases, [A]), [], SAMPLING).iloc[0]
    assert row["method"].startswith("bootstrap of patients")


def test_nobody_has_an_event() -> None:
    none = build_samples(CASES.assign(event=0.0), [A])
    table = survival_table(none, [12.0], SAMPLING)
    assert table["estimate"].isna().all()
    assert (table["reason"] != "").all()
    found = proportional_table(none, [])
    assert set(found["reason"]) == {"no event"}
    assert cutpoint_table(none)["cutpoint"].isna().all()


def test_follow_up_medians_and_survival_of_the_risk_groups() -> None:
    at_risk = cases_at_risk(build_samples(CASES, [A]))
    table = follow_up_table(at_risk, [12.0], 0.95)
    inside = table[table["split"] == "internal"].set_index(["group", "statistic"])
    whole = median_follow_up(TEST["time"], TEST["event"])
    assert inside.loc[("all", "median_follow_up"), "estimate"] == pytest.approx(whole.estimate, nan_ok=True)
    high = TEST[TEST["a__probability"] >= A.cutoff]
    curve = kaplan_meier(high["time"], high["event"])
    assert inside.loc[("high", "median_survival"), "estimate"] == pytest.approx(curve.median.estimate)
    assert inside.loc[("high", "survival"), "horizon"] == 12
    assert inside.loc[("high", "survival"), "n"] == len(high)
    nobody = at_risk[0].where(np.zeros(at_risk[0].n, dtype=bool))
    empty = follow_up_table([nobody], [12.0], 0.95)
    assert empty["reason"].tolist() == ["no case"] * 3


def test_proportional_hazards_and_cutpoint_equal_the_pure_functions() -> None:
    cases = CASES.assign(age=np.linspace(40, 80, len(CASES)))
    samples = build_samples(cases, [A])
    terms = cox_terms(samples, ["age"])
    found = proportional_table(samples, ["age"])
    inside = found[found["split"] == "train"].set_index("term")
    training = cases[cases["split"] == "train"]
    expected = proportional_hazards_test(training["time"], training["event"], terms.loc[training.index])
    assert inside["p"].to_dict() == pytest.approx(expected["p"].to_dict())
    cut = cutpoint_table(samples).set_index("split")
    chosen = maximally_selected_log_rank(training["time"], training["event"], training["a__probability"])
    assert cut.loc["train", ["cutpoint", "p", "p_asymptotic"]].tolist() == pytest.approx(
        [chosen.cutpoint, chosen.p_1994, chosen.p_1992]
    )
    carried = log_rank(TEST["time"], TEST["event"], TEST["a__probability"] > chosen.cutpoint).test
    assert cut.loc["internal", "p"] == pytest.approx(carried.p)
    assert cut.loc["internal", ["n_high", "n_low"]].sum() == 60


def test_horizons_are_stated_or_the_tasks_or_the_median_follow_up() -> None:
    times = pd.Series([4.0, 10.4, 30.0])
    none = Evaluate.partial({})
    assert choose_horizons(Evaluate.partial({"horizons": [24, 12]}), 6.0, times) == [12, 24]
    assert choose_horizons(none, 6.0, times) == [6]
    assert choose_horizons(none, np.nan, times) == [10]
    assert choose_horizons(none, np.nan, times * np.nan) == []


def test_treatment_within_risk_groups_is_an_association() -> None:
    cases = CASES.assign(hipec=[1.0, 0.0] * 75)
    cases.loc[cases.index[-1], "hipec"] = np.nan
    known = find_treated(cases_at_risk(build_samples(cases, [A])), "hipec")
    assert sum(members.n for members in known) == len(CASES) - 1
    table = treatment_table(known, 0.95, fewest=5)
    inside = table[table["split"] == "train"].set_index("group")
    training = cases[cases["split"] == "train"]
    high = training["a__probability"] >= A.cutoff
    expected = cox_interaction(training["time"], training["event"], training["hipec"] == 1, high)
    assert inside.loc["interaction", "hr"] == pytest.approx(expected.ratio.estimate)
    assert inside.loc["interaction", "p"] == pytest.approx(expected.likelihood_ratio.p)
    assert inside.loc[["high", "low"], ["n_treated", "n_untreated"]].to_numpy().sum() == 90
    assert table["method"].str.contains("not an effect").all()
    assert set(treatment_curves(known, 0.95)["treatment"]) == {"treated", "untreated"}
    few = treatment_table(known[1:], 0.95, fewest=1000)
    assert few[few["group"] == "high"]["reason"].tolist() == ["too few"]


def test_a_treatment_is_yes_or_no() -> None:
    def at_risk(drug: str) -> list[Scored]:
        return cases_at_risk(build_samples(CASES.assign(drug=drug), [A]))

    table = treatment_table(find_treated(at_risk("yes"), "drug"), 0.95, fewest=10)
    assert table["hr"].isna().all()
    assert (table["reason"] != "").all()
    with pytest.raises(StudyError, match="neither yes nor no"):
        find_treated(at_risk("often"), "drug")
