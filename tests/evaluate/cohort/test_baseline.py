"""Table 1 by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kruskal, mannwhitneyu, ttest_ind

from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.report.sections.baseline import tabulate_characteristics
from sonomics.report.study.evaluation import Evaluation
from tests.evaluate.hand_made import A, cohort_of, join, predictions_of


def test_baseline_describes_scored_cases_with_missing_values_counted() -> None:
    cohort = cohort_of(["malignant", "malignant", "benign", "benign"], "train", age=[50.0, 60.0, 70.0, np.nan])
    cohort["sex"] = ["female", "male", None, "male"]
    scored = join(cohort, predictions_of(cohort, "a", [0.9, 0.8, 0.2, 0.1]))
    table = baseline_table(build_samples(scored, [A]), ["age", "sex"])
    by_split = table[table["section"] == "split"]
    age = by_split[by_split["variable"] == "age"].iloc[0]
    assert (age["n"], age["missing"], age["mean"], age["sd"], age["median"]) == (3, 1, 60, 10, 60)
    sex = by_split[by_split["variable"] == "sex"].set_index("level")
    assert sex["count"].to_dict() == {"female": 1, "male": 2, "missing": 1}
    assert sex.loc["male", "percent"] == pytest.approx(200 / 3)
    label = by_split[by_split["variable"] == "label"].set_index("level")
    assert label["count"].to_dict() == {"negative": 2, "positive": 2}


def three_sets() -> pd.DataFrame:
    parts = [
        cohort_of(["malignant", "malignant", "malignant", "benign", "benign", "benign"], split, age=ages, sex=sexes)
        for split, ages, sexes in (
            ("train", [50.0, 60, 70, 40, 45, 48], ["f", "f", "m", "m", "m", "m"]),
            ("internal", [80.0, 81, 82, 70, 71, 72], ["f", "f", "f", "m", "m", "m"]),
            ("external_1", [30.0, 31, 33, 35, 36, 37], ["f", "m", "f", "m", "f", "m"]),
        )
    ]
    cohort = pd.concat(parts, ignore_index=True)
    return join(cohort, predictions_of(cohort, "a", np.linspace(0, 1, len(cohort)).tolist()))


@pytest.mark.parametrize(
    ("describe", "two", "several"),
    [("mean", "Welch t", "Welch ANOVA"), ("median", "Mann-Whitney U", "Kruskal-Wallis")],
)
def test_labels_are_compared_within_every_set_and_the_sets_with_one_another(
    describe: str, two: str, several: str
) -> None:
    cases = three_sets()
    table = baseline_table(build_samples(cases, [A]), ["age", "sex"], describe=describe)
    labels = table[(table["section"] == "label") & (table["variable"] == "age")].set_index(["within", "group"])
    test = {"mean": lambda a, b: ttest_ind(a, b, equal_var=False), "median": mannwhitneyu}[describe]
    for split, of_split in cases.groupby("split"):
        groups = [of_split.loc[of_split["label"] == label, "age"] for label in (1.0, 0.0)]
        row = labels.loc[(split, "negative")]
        expected = test(*groups, method="asymptotic") if describe == "median" else test(*groups)
        assert (row["test"], row["p"]) == (two, pytest.approx(expected.pvalue))
        assert labels.loc[(split, "positive"), "mean"] == pytest.approx(groups[0].mean())
        assert labels.loc[(split, "positive"), "test"] == ""
    sets = table[(table["section"] == "split") & (table["variable"] == "age")].set_index("group")
    assert set(sets["within"]) == {""}
    assert sets.loc["", "test"] == several
    assert sets.loc["", "n"] == 18
    if describe == "median":
        assert sets.loc["", "p"] == pytest.approx(kruskal(*(rows["age"] for _, rows in cases.groupby("split"))).pvalue)
    sexes = table[(table["section"] == "split") & (table["group"] == "") & (table["variable"] == "sex")].iloc[0]
    assert sexes["test"].startswith("Fisher")


def test_two_sets_have_no_test_over_all_but_that_against_training() -> None:
    cases = three_sets()
    table = baseline_table(build_samples(cases[cases["split"] != "external_1"], [A]), ["age"])
    assert "" not in set(table["group"])


def test_several_classes_are_compared_all_together_within_every_set() -> None:
    cases = three_sets().assign(label=[0.0, 1.0, 2.0] * 6)
    table = baseline_table(build_samples(cases, [A]), ["age"], {0.0: "low", 1.0: "mid", 2.0: "all"}, describe="median")
    labels = table[table["section"] == "label"]
    of_groups, over_all = labels[labels["group"] != ""], labels[labels["group"] == ""]
    assert set(of_groups["test"]) == {""}
    assert over_all["within"].tolist() == ["train", "internal", "external_1"]
    for row in over_all.to_dict("records"):
        of_split = cases[cases["split"] == row["within"]]
        expected = kruskal(*(of_label["age"] for _, of_label in of_split.groupby("label")))
        assert row["p"] == pytest.approx(expected.pvalue)


def test_times_of_follow_up_are_described_as_the_clinical_variables_are() -> None:
    cases = three_sets()
    times = pd.DataFrame({"time": np.arange(18.0), "pfs time": np.arange(18.0)[::-1], "pfs event": [1.0, 0.0] * 9})
    table = baseline_table(build_samples(cases, [A]), ["age"], outcomes=times.set_index(cases.index))
    training = table[(table["section"] == "label") & (table["within"] == "train") & (table["group"] == "positive")]
    assert training["variable"].tolist() == ["age", "time", "pfs time", "pfs event", "pfs event"]
    by_name = training.drop_duplicates("variable").set_index("variable")
    members = (cases["split"] == "train") & (cases["label"] == 1)
    assert by_name.loc["time", "mean"] == pytest.approx(np.arange(18.0)[members].mean())
    events = training[training["variable"] == "pfs event"].set_index("level")["count"].to_dict()
    assert sum(events.values()) == members.sum()


def test_the_page_has_a_table_for_the_sets_and_one_for_the_labels_of_every_set() -> None:
    cases = three_sets()
    splits = pd.DataFrame({"split": ["train", "internal", "external_1"], "title": ["Training", "Internal", "External"]})
    for describe, shown in (("mean", "60.0 (10.0)"), ("median", "60.0 (55.0 to 65.0)")):
        table = baseline_table(build_samples(cases, [A]), ["age"], describe=describe)
        evaluation = Evaluation("main", "cancer", {"splits": splits, "baseline": table}, {})
        by_set, *by_label = tabulate_characteristics(evaluation, describe)
        assert by_set.columns == [
            "Variable",
            "Training",
            "Internal",
            "External",
            "P, Internal",
            "P, External",
            "P, all",
        ]
        assert [one.caption for one in by_label] == [f"{name}: cases by label" for name in splits["title"]]
        assert by_label[0].columns == ["Variable", "Positive", "Negative", "P"]
        assert by_label[0].rows[0][1].main == shown
