"""The clinical model of a binary task."""

import numpy as np
import pandas as pd
import pytest

from sonomics.train.clinical_model.binary import apply, fit
from sonomics.train.clinical_model.points import tabulate_points


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
    assert tabulate_points(state).empty


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_fold_of_one_class_gives_its_share_half_a_case_away_from_certainty(cohort, label):
    clinical = cohort[0]
    state = fit(clinical, np.full(120, label), enter=1.0)
    assert state["entered"] == []
    assert apply(state, clinical) == pytest.approx(np.full(120, (label * 120 + 0.5) / 121))
    assert "no univariable maximum" in state["note"]
