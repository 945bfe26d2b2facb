"""The tables against hand-computed values."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonomics.core.errors import StudyError
from sonomics.core.tasks import task_labels
from sonomics.evaluate.accuracy.comparisons import comparison_table
from sonomics.evaluate.accuracy.curves import calibration_table, decision_table, roc_table
from sonomics.evaluate.accuracy.performance import performance
from sonomics.evaluate.cases import Model, count_splits, labels_of, model_from, ordered_splits, scored_cases
from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.entries import Sampling
from sonomics.evaluate.figures.curves import draw_kaplan_meier
from sonomics.evaluate.survival.risk_groups import cox_table, design, kaplan_meier_table, risk_group_table, risk_groups
from sonomics.statistics.classification.proportion import clustered_proportion

TASK = {"type": "binary", "column": "pathology", "positive": "malignant"}
SAMPLING = Sampling(level=0.95, resamples=20, seed=1)
A, B = Model("a", 0.5, "probability", "youden"), Model("b", 0.5, "probability", "youden")


def beside(cohort: pd.DataFrame, predictions: pd.DataFrame, planted: pd.Series | None = None) -> pd.DataFrame:
    return scored_cases(cohort, task_labels(cohort, TASK), predictions, planted)


def cohort_of(labels: list[str | float], split: str = "internal", **columns: object) -> pd.DataFrame:
    cases = [f"{split}{number}" for number in range(len(labels))]
    return pd.DataFrame({"patient": cases, "case": cases, "split": split, "pathology": labels, **columns})


def predictions_of(cohort: pd.DataFrame, model: str, values: list[float]) -> pd.DataFrame:
    fold = np.where(cohort["split"] == "train", "0", "all")
    rows = cohort[["patient", "case", "split"]].assign(
        image="", model=model, kind="probability", fold=fold, value=values
    )
    return rows[rows["value"].notna()]


@pytest.fixture
def cases() -> pd.DataFrame:
    """Six known labels, one unknown, one unscored; of a, 3 of 4 positives and 1 of 2 negatives are called positive."""
    cohort = cohort_of(["malignant"] * 4 + ["benign"] * 2 + [np.nan, "benign"])
    a = predictions_of(cohort, "a", [0.9, 0.8, 0.6, 0.3, 0.7, 0.2, 0.5, np.nan])
    b = predictions_of(cohort, "b", [0.9, 0.8, 0.7, 0.6, 0.4, 0.2, 0.5, np.nan])
    return beside(cohort, pd.concat([a, b]))


def statistic(table: pd.DataFrame, name: str, model: str = "a") -> pd.Series:
    return table[(table["model"] == model) & (table["statistic"] == name)].iloc[0]


def test_performance_equals_hand_computed_values(cases: pd.DataFrame) -> None:
    table = performance(cases, [A, B], SAMPLING)
    # Pairs won by a positive over 0.7 and 0.2: 0.9 and 0.8 both, 0.6 and 0.3 one each: 6 of 8.
    assert statistic(table, "auc")["estimate"] == 0.75
    assert statistic(table, "auc", "b")["estimate"] == 1
    counts = [statistic(table, name)["estimate"] for name in ("tp", "fp", "tn", "fn")]
    assert counts == [3, 1, 1, 1]
    measures = {"sensitivity": 3 / 4, "specificity": 1 / 2, "ppv": 3 / 4, "npv": 1 / 2, "accuracy": 4 / 6, "f1": 6 / 8}
    for name, value in measures.items():
        assert statistic(table, name)["estimate"] == pytest.approx(value), name
    assert statistic(table, "mcc")["estimate"] == pytest.approx((3 * 1 - 1 * 1) / np.sqrt(4 * 4 * 2 * 2))
    squares = [0.1, 0.2, 0.4, 0.7, 0.7, 0.2]
    assert statistic(table, "brier")["estimate"] == pytest.approx(np.mean(np.square(squares)))
    assert statistic(table, "unknown_label")["estimate"] == 1
    assert statistic(table, "unscored")["estimate"] == 1
    assert set(table["n"]) == {6}
    assert set(table["positives"]) == {4}
    assert set(table["unit"]) == {"patient"}


def test_every_undefined_statistic_has_a_reason() -> None:
    cohort = cohort_of(["benign"] * 3)
    table = performance(beside(cohort, predictions_of(cohort, "a", [0.1, 0.2, 0.3])), [A], SAMPLING)
    undefined = table[table["estimate"].isna()]
    assert {"auc", "sensitivity", "ppv", "mcc", "calibration_slope"} <= set(undefined["statistic"])
    assert (undefined["reason"] != "").all()
    assert statistic(table, "specificity")["estimate"] == 1


def test_a_threshold_that_was_not_estimable_leaves_no_operating_point(cases: pd.DataFrame) -> None:
    frozen = model_from("a", {"cutoff": None, "on": "probability", "rule": "youden"})
    table = performance(cases, [frozen], SAMPLING)
    assert np.isnan(statistic(table, "sensitivity")["estimate"])
    assert "threshold" in statistic(table, "sensitivity")["reason"]
    assert "not estimable" in statistic(table, "threshold")["reason"]
    assert statistic(table, "auc")["estimate"] == 0.75


def test_a_patient_with_several_cases_is_resampled_whole() -> None:
    cohort = cohort_of(["malignant"] * 10 + ["benign"] * 10)
    cohort["patient"] = [f"P{number // 2}" for number in range(20)]
    values = np.linspace(0.9, 0.1, 20) + np.tile([0.05, -0.05], 10)
    table = performance(beside(cohort, predictions_of(cohort, "a", list(values))), [A], SAMPLING)
    assert statistic(table, "auc")["method"] == "bootstrap of patients"
    assert set(table["unit"]) == {"case"}


def test_the_share_of_the_best_possible_is_counted_from_chance() -> None:
    cohort = cohort_of(["malignant"] * 2 + ["benign"] * 2)
    planted = pd.Series([4.0, 3.0, 2.0, 1.0], index=cohort["case"])
    scored = beside(cohort, predictions_of(cohort, "a", [0.9, 0.4, 0.5, 0.1]), planted)
    table = performance(scored, [A], SAMPLING)
    assert statistic(table, "best_possible")["estimate"] == 1
    assert statistic(table, "share_of_best")["estimate"] == pytest.approx((0.75 - 0.5) / 0.5)


def test_curves_equal_hand_computed_values(cases: pd.DataFrame) -> None:
    roc = roc_table(cases, [A])
    assert list(zip(roc["fpr"], roc["tpr"], strict=True)) == [
        (0, 0), (0, 0.25), (0, 0.5), (0.5, 0.5), (0.5, 0.75), (0.5, 1), (1, 1)
    ]  # fmt: skip
    decision = decision_table(cases, [A], [0.5], SAMPLING).iloc[0]
    assert decision["net_benefit"] == pytest.approx((3 - 1) / 6)
    assert decision["treat_all"] == pytest.approx((4 - 2) / 6)
    calibration = calibration_table(cases, [A], 0.95)
    assert calibration["n"].sum() == 6
    assert set(calibration["kind"]) == {"grouped"}


def test_comparison_is_paired_and_says_when_nothing_can_be_said(cases: pd.DataFrame) -> None:
    row = comparison_table(cases, B, [A], SAMPLING).iloc[0]
    assert (row["model"], row["against"], row["difference"]) == ("b", "a", 0.25)
    one_class = cases.assign(label=0.0)
    row = comparison_table(one_class, B, [A], SAMPLING).iloc[0]
    assert np.isnan(row["difference"])
    assert row["reason"] == "only one class"


def test_cases_are_counted_by_fate(cases: pd.DataFrame) -> None:
    row = count_splits(cases, A).iloc[0]
    assert row[["cases", "unscored", "unknown_label", "analysed", "positives"]].tolist() == [8, 1, 1, 6, 4]


def test_training_scores_are_out_of_fold() -> None:
    cohort = cohort_of(["malignant", "benign"], "train")
    rows = predictions_of(cohort, "a", [0.8, 0.2])
    seen = rows.assign(fold="all", value=[1.0, 0.0])
    scored = beside(cohort, pd.concat([rows, seen]))
    assert scored["a__probability"].tolist() == [0.8, 0.2]


def test_predictions_that_do_not_fit_the_cohort_stop_the_study(cases: pd.DataFrame) -> None:
    cohort = cohort_of(["malignant", "benign"])
    rows = predictions_of(cohort, "a", [0.8, 0.2])
    with pytest.raises(StudyError, match="two values"):
        beside(cohort, pd.concat([rows, rows]))
    with pytest.raises(StudyError, match="not in the cohort"):
        beside(cohort.iloc[:1], rows)
    with pytest.raises(StudyError, match="external_1 here and internal"):
        beside(cohort, rows.assign(split="external_1"))


def test_splits_are_ordered_as_they_are_read() -> None:
    splits = ["prospective", "external_10", "external_2", "internal", "train", "internal"]
    assert ordered_splits(splits) == ["train", "internal", "external_2", "external_10", "prospective"]


def test_baseline_describes_scored_cases_with_missing_values_counted() -> None:
    cohort = cohort_of(["malignant", "malignant", "benign", "benign"], "train", age=[50.0, 60.0, 70.0, np.nan])
    cohort["sex"] = ["female", "male", None, "male"]
    scored = beside(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.2, 0.1]))
    table = baseline_table(scored, A, ["age", "sex"])
    by_split = table[table["section"] == "split"]
    age = by_split[by_split["variable"] == "age"].iloc[0]
    assert (age["n"], age["missing"], age["mean"], age["sd"], age["median"]) == (3, 1, 60, 10, 60)
    sex = by_split[by_split["variable"] == "sex"].set_index("level")
    assert sex["count"].to_dict() == {"female": 1, "male": 2, "missing": 1}
    assert sex.loc["male", "percent"] == pytest.approx(200 / 3)
    label = by_split[by_split["variable"] == "label"].set_index("level")
    assert label["count"].to_dict() == {"negative": 2, "positive": 2}


def test_follow_up_tables_count_risk_groups_and_numbers_at_risk() -> None:
    cohort = cohort_of(["malignant"] * 3 + ["benign"] * 3, time=[1.0, 2, 3, 4, 5, 6], event=[1.0, 1, 0, 1, 0, 0])
    scored = scored_cases(
        cohort, task_labels(cohort, TASK), predictions_of(cohort, "a", [0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    )
    groups = risk_groups(scored, A)
    row = risk_group_table(groups, ["internal"], 0.95).iloc[0]
    assert row[["n_high", "events_high", "n_low", "events_low"]].tolist() == [3, 2, 3, 1]
    curve = kaplan_meier_table(groups, 0.95)
    high = curve[curve["group"] == "high"]
    assert high["at_risk"].tolist() == [3, 3, 2, 1]
    assert high["survival"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])


def test_the_kaplan_meier_figure_has_the_bounds_of_the_level() -> None:
    cohort = cohort_of(["malignant"] * 3 + ["benign"] * 3, time=[1.0, 2, 3, 4, 5, 6], event=[1.0, 1, 0, 1, 0, 0])
    scored = scored_cases(
        cohort, task_labels(cohort, TASK), predictions_of(cohort, "a", [0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    )
    groups = risk_groups(scored, A)
    comparison = risk_group_table(groups, ["internal"], 0.6).iloc[0]
    curves = kaplan_meier_table(groups, 0.6)
    drawn = Figure()
    draw_kaplan_meier(drawn, curves, comparison, "internal")
    for band, group in zip(drawn.axes[0].collections, ("high", "low"), strict=True):
        steps = curves[(curves["group"] == group) & curves["lower"].notna()]
        heights = set(np.concatenate([path.vertices[:, 1] for path in band.get_paths()]).round(9))
        assert heights == set(steps[["lower", "upper"]].to_numpy().ravel().round(9))
    shown = [text.get_text() for text in drawn.axes[1].texts]
    # Months 0, 3 and 6; followed for 1, 2, 3 at high risk and for 4, 5, 6 at low.
    assert shown[:8] == ["high", "3", "1", "0", "low", "3", "3", "1"]


@pytest.mark.parametrize(("longest", "last"), [(0.0, 3), (0.4, 3), (6.0, 6), (6.5, 9), (40.0, 42)])
def test_the_axis_of_months_ends_at_or_after_the_longest_follow_up(longest: float, last: int) -> None:
    curve = {"group": "high", "survival": 1.0, "lower": np.nan, "upper": np.nan, "at_risk": 1, "censored": 1}
    curves = pd.DataFrame([{"split": "internal", "time": longest, **curve}])
    drawn = Figure()
    draw_kaplan_meier(drawn, curves, pd.Series({"hr": np.nan, "reason": "no two risk groups"}), "internal")
    assert drawn.axes[0].get_xlim() == (0, last)


def test_cox_refuses_too_many_terms_and_counts_incomplete_cases() -> None:
    generator = np.random.default_rng(5)
    follow_up = {"time": generator.exponential(10, 60), "event": [1.0, 1, 0] * 20}
    cohort = cohort_of(["malignant", "benign"] * 30, "train", **follow_up)
    cohort["age"] = generator.normal(60, 10, 60)
    cohort.loc[0, "age"] = np.nan
    cohort["grade"] = ["one", "two", "three", "two"] * 15
    scored = scored_cases(
        cohort, task_labels(cohort, TASK), predictions_of(cohort, "a", list(generator.uniform(0.1, 0.9, 60)))
    )
    table = cox_table(scored, A, ["age", "grade"], 0.95)
    together = table[table["analysis"] == "multivariable"]
    assert together["term"].tolist() == ["score per SD", "age", "grade: three vs one", "grade: two vs one"]
    assert together["incomplete"].tolist() == [1] * 4
    assert together["hr"].notna().all()
    few = cox_table(scored.iloc[:20], A, ["age", "grade"], 0.95)
    refused = few[few["analysis"] == "multivariable"]
    assert refused["hr"].isna().all()
    assert refused["reason"].str.contains("fewer than 5 a term").all()


def test_design_leaves_missing_categories_missing() -> None:
    terms = design(pd.DataFrame({"sex": ["male", None, "female"]}), ["sex"])
    assert terms["sex: male vs female"].tolist()[::2] == [1, 0]
    assert np.isnan(terms["sex: male vs female"].iloc[1])


def test_dealt_training_labels_are_what_out_of_fold_scores_are_held_against() -> None:
    cohort = pd.DataFrame(
        {
            "patient": [f"P{i:02d}" for i in range(20)],
            "case": [f"P{i:02d}" for i in range(20)],
            "split": ["train"] * 16 + ["internal"] * 4,
            "pathology": ["malignant", "benign"] * 10,
        }
    )
    task = {"pathology": {"type": "binary", "column": "pathology", "positive": "malignant"}}
    study = {"tasks": task, "seed": 1, "shuffle_labels": False}
    folds = pd.Series(["0", "0", "1", "1"] * 4, index=cohort["patient"][:16])
    true = labels_of(cohort, "pathology", study, folds)
    dealt = labels_of(cohort, "pathology", {**study, "shuffle_labels": True}, folds)
    assert true.tolist() == [1.0, 0.0] * 10
    assert dealt[:16].sum() == 8
    assert (dealt[:16] == true[:16]).mean() == 0.5
    assert (dealt[16:] == true[16:]).all()


def test_several_cases_of_a_patient_leave_no_interval_of_independent_cases() -> None:
    cohort = cohort_of(["malignant", "benign"] * 20, patient=np.repeat([f"p{number}" for number in range(20)], 2))
    values = np.random.default_rng(4).random(40) * 0.8 + 0.2 * (cohort["pathology"] == "malignant")
    table = performance(beside(cohort, predictions_of(cohort, "a", values.tolist())), [A], SAMPLING)
    called, positive = values >= A.cutoff, cohort["pathology"] == "malignant"
    hits = {"sensitivity": called[positive], "specificity": ~called[~positive], "accuracy": called == positive}
    hits |= {"ppv": positive[called], "npv": ~positive[~called]}
    for name, hit in hits.items():
        row = statistic(table, name)
        expected = clustered_proportion(hit, cohort["patient"][hit.index])
        assert row["method"] == "Wald, cluster-robust by patient"
        assert row[["estimate", "lower", "upper"]].tolist() == pytest.approx(
            [expected.estimate, expected.lower, expected.upper]
        )
        exact = statistic(table, f"{name}_exact")
        assert np.isnan(exact["lower"])
        assert "independent" in exact["reason"]
    for name in ("calibration_intercept", "calibration_slope"):
        assert statistic(table, name)["method"].startswith("bootstrap of patients")


def test_all_right_in_patients_of_several_cases_is_no_certainty() -> None:
    cohort = cohort_of(["malignant"] * 8 + ["benign"] * 8, patient=np.repeat([f"p{number}" for number in range(8)], 2))
    perfect = predictions_of(cohort, "a", [0.9] * 7 + [0.8] + [0.1] * 8)
    row = statistic(performance(beside(cohort, perfect), [A], SAMPLING), "sensitivity")
    assert row["estimate"] == 1
    assert np.isnan(row["lower"])
    assert row["reason"] == "all are alike, so that the interval by patient has no width"


def test_one_value_for_all_is_one_half_without_an_interval() -> None:
    cohort = cohort_of(["malignant"] * 6 + ["benign"] * 6, split="train")
    table = performance(beside(cohort, predictions_of(cohort, "a", [0.4] * 12)), [A], SAMPLING)
    for name in ("auc", "auc_logit", "auc_bootstrap"):
        row = statistic(table, name)
        assert row["estimate"] == 0.5
        assert np.isnan([row["lower"], row["upper"]]).all()
        assert row["reason"] == "all cases have one value"
    test = statistic(table, "hosmer_lemeshow")
    assert np.isnan([test["estimate"], test["df"], test["p"]]).all()
    assert test["reason"] == "fewer than three groups"


def test_a_variable_that_nobody_has_makes_no_term() -> None:
    cases = pd.DataFrame({"size": [1.0, 2.0], "grade": pd.Series([None, None], dtype=object)})
    assert list(design(cases, ["size", "grade"])) == ["size"]
