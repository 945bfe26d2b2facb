"""Comparisons and subgroups of tasks that are not binary."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.evaluate.ranking.comparisons import between_splits_table, comparison_table, variant_table
from sonomics.evaluate.ranking.rankings import ranking_of
from sonomics.evaluate.ranking.subgroups import rank_subgroups
from sonomics.evaluate.study.context import Context
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.statistics.survival.concordance import compare_harrell_c
from tests.evaluate.other_kinds import CLASSES, class_cases, class_context, survival_cases, survival_context

CONTEXTS = [class_context, survival_context]


@pytest.mark.parametrize("make", CONTEXTS)
def test_a_better_model_has_a_positive_difference(make: Callable[[], Context]):
    context = make()
    table = comparison_table(context.samples, ranking_of(context))
    assert (table["difference"] > 0).all()
    assert (table["lower"] < table["difference"]).all()
    assert (table["difference"] < table["upper"]).all()
    assert table["p_holm"].notna().all()


def test_classes_are_compared_by_their_mean_auc_and_decisions():
    context, cases = class_context(), class_cases().query("split == 'internal'")
    row = comparison_table(context.samples, ranking_of(context)).query("split == 'internal'").iloc[0]
    values = [cases[[f"{model}__probability__{name}" for name in CLASSES]].to_numpy() for model in "ab"]
    areas = [mean_auc(cases["label"], value, [0, 1, 2]) for value in values]
    assert (row["auc"], row["auc_against"]) == pytest.approx(tuple(areas))
    right = [value.argmax(axis=1) == cases["label"] for value in values]
    assert row["only_model_right"] == (right[0] & ~right[1]).sum()
    assert np.isnan(row["positives"])


def test_risks_are_compared_by_the_influence_of_every_case():
    context, cases = survival_context(), survival_cases().query("split == 'internal'")
    row = comparison_table(context.samples, ranking_of(context)).query("split == 'internal'").iloc[0]
    expected = compare_harrell_c(cases["time"], cases["event"], cases["a__risk"], cases["b__risk"])
    assert (row["difference"], row["p"]) == pytest.approx((expected.difference, expected.p))
    assert row["positives"] == cases["event"].sum()
    assert row["mcnemar_reason"] == "a risk is neither right nor wrong"


@pytest.mark.parametrize("make", CONTEXTS)
def test_test_sets_are_compared_with_training(make: Callable[[], Context]):
    context = make()
    table = between_splits_table(context.samples, ranking_of(context), 0.95)
    assert table["model"].tolist() == ["a", "b"]
    assert ((table["lower"] < 0) == (table["difference"] - table["upper"] + table["difference"] < 0)).all()
    assert table["p"].between(0, 1).all()


def predictions(model: str = "a") -> pd.DataFrame:
    cases = class_cases()
    rows = cases[["patient", "case", "split"]].assign(image="", model=model, kind="probability", horizon=np.nan)
    rows["fold"] = np.where(cases["split"] == "train", "0", "all")
    # A run that always says the reverse.
    reverse = dict(zip(CLASSES, CLASSES[::-1], strict=True))
    parts = [rows.assign(**{"class": name, "value": cases[f"a__probability__{reverse[name]}"]}) for name in CLASSES]
    return pd.concat(parts, ignore_index=True)


def test_another_run_is_compared_by_the_probabilities_of_all_classes():
    context = class_context()
    table = variant_table(context.samples, {"reverse": predictions()}, ranking_of(context))
    assert (table["auc_variant"] < 0.5).all()
    assert (table["p_holm"] < 0.001).all()
    with pytest.raises(StudyError, match="there is a model c"):
        variant_table(context.samples, {"reverse": predictions("c")}, ranking_of(context))


@pytest.mark.parametrize("make", CONTEXTS)
def test_subgroups_have_the_measure_of_the_kind(make: Callable[[], Context]):
    context = make()
    subgroups = context.samples.cases[["centre"]]
    table = rank_subgroups(context.samples, subgroups, ranking_of(context), 5)
    whole = table.query("variable == 'all'").set_index("split")["estimate"]
    compared = comparison_table(context.samples, ranking_of(context)).set_index("split")["auc"]
    assert whole.to_dict() == pytest.approx(compared.to_dict())
    levels = table.query("variable == 'centre'")
    assert levels["estimate"].notna().all()
    assert levels["p_interaction"].between(0, 1).all()
    few = rank_subgroups(context.samples, subgroups, ranking_of(context), 1000)
    assert set(few["reason"]) == {"too few"}
    assert few["estimate"].isna().all()


def test_a_level_without_one_of_the_classes_of_the_set_is_too_few():
    cases = class_cases()
    cases.loc[(cases["centre"] == "east") & (cases["label"] == 2), "label"] = 1.0
    context = class_context(cases)
    table = rank_subgroups(context.samples, cases[["centre"]], ranking_of(context), 5)
    reasons = table.query("variable == 'centre' and split == 'train'").set_index("level")["reason"]
    assert reasons.to_dict() == {"east": "too few", "west": ""}


def test_a_perfect_concordance_is_not_tested():
    cases = survival_cases()
    cases["a__risk"] = 0.01 * cases["event"] - cases["time"]
    context = survival_context(cases)
    row = comparison_table(context.samples, ranking_of(context)).iloc[0]
    assert row["auc"] == 1
    assert np.isnan(row["p"])
    assert row["reason"] == "a concordance of 0 or 1 has no variance"
    between = between_splits_table(context.samples, ranking_of(context), 0.95).set_index("model")
    assert np.isnan(between.loc["a", "p"])
    assert "no width" in between.loc["a", "reason"]
