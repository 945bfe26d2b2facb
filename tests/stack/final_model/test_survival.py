"""The final model of a survival task."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.settings.stack import FinalModel, Stack
from sonomics.core.settings.tasks import SurvivalTask
from sonomics.stack.final_model.survival import fit
from sonomics.stack.methods.combination import apply_combination
from sonomics.stack.methods.survival import predict_hazard
from sonomics.statistics.survival.concordance import harrell_c
from tests.statistics.regression.reading import read_nomogram

TASK = SurvivalTask.partial({"type": "survival", "horizons": [12, 24]})
SETTINGS = Stack.model_validate(
    {
        "pool": "mean",
        "threshold": "log_rank",
        "models": {
            "both": {"of": ["good", "noise"]},
            "mean": {"of": ["good", "noise"], "weights": "equal"},
            "alone": {"of": ["good"]},
        },
    }
)


def sample(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Eighty training and ten test cases with a risk of a good model and of noise."""
    random = np.random.default_rng(seed)
    signal = random.normal(size=90)
    time = random.exponential(20 * np.exp(-signal))
    censored = random.exponential(40, size=90)
    cases = [f"P{number:02d}" for number in range(90)]
    outcomes = pd.DataFrame({"time": np.minimum(time, censored), "event": (time <= censored) * 1.0}, index=cases)
    tables = []
    for model, risk in (("good", signal + random.normal(0, 0.3, 90)), ("noise", random.normal(size=90))):
        about = {"patient": cases, "case": cases, "image": "", "model": model, "class": "1"}
        split = ["train"] * 80 + ["internal"] * 10
        fold = [str(number % 4) for number in range(80)] + ["all"] * 10
        tables += [
            pd.DataFrame({**about, "split": split, "fold": fold, "kind": "risk", "horizon": np.nan, "value": risk}),
            pd.DataFrame({**about, "split": split, "fold": fold, "kind": "probability", "horizon": 12.0, "value": 0.5}),
        ]
    return pd.concat(tables, ignore_index=True), outcomes.iloc[:80]


@pytest.mark.parametrize("threshold", ["log_rank", "median"])
@pytest.mark.parametrize("model", ["both", "mean", "alone"])
def test_every_case_has_a_risk_and_a_probability_at_each_horizon(model, threshold):
    predictions, outcomes = sample()
    final = fit(predictions, outcomes, model, SETTINGS, threshold, TASK)
    thresholds, table = final.thresholds, final[-1]
    risk = table[table["kind"] == "risk"].set_index("case")["value"]
    assert len(risk) == 90
    training = risk[outcomes.index]
    assert harrell_c(outcomes["time"], outcomes["event"], training).estimate > 0.65
    wide = table[table["kind"] == "probability"].pivot(index="case", columns="horizon", values="value")
    assert wide.shape == (90, 2)
    assert (wide[12.0] < wide[24.0]).all()
    assert training.min() < thresholds["cutoff"] < training.max()
    assert thresholds["on"] == "risk"


def test_fitted_weights_trust_the_good_model():
    predictions, outcomes = sample()
    weight = fit(predictions, outcomes, "both", SETTINGS, "median", TASK).stack["weight"]
    assert weight[0] > 3 * abs(weight[1])


def test_the_outcome_of_a_case_changes_nothing_in_its_own_fold():
    predictions, outcomes = sample()
    turned = outcomes.copy()
    members = outcomes.index[[number % 4 == 0 for number in range(80)]]
    turned.loc[members, "event"] = 1 - turned.loc[members, "event"]
    before, after = (
        fit(predictions, known, "both", SETTINGS, "median", TASK)[-1].set_index(["case", "kind", "horizon"])["value"]
        for known in (outcomes, turned)
    )
    is_risk = before.index.get_level_values("kind") == "risk"
    of_members = before.index.get_level_values("case").isin(members)
    pd.testing.assert_series_equal(before[is_risk & of_members], after[is_risk & of_members])
    assert not np.allclose(before[is_risk & ~of_members], after[is_risk & ~of_members])


def test_a_risk_without_effect_leaves_the_observed_share():
    predictions, outcomes = sample()
    flat = predictions.assign(value=predictions["value"].where(predictions["kind"] != "risk", 1.0))
    final = fit(flat, outcomes, "alone", SETTINGS, "log_rank", TASK)
    assert final.calibrator["reason"]
    assert final.thresholds["cutoff"] is None


def test_auc_weights_of_risks_are_their_shares_of_concordance():
    predictions, outcomes = sample()
    stated = SETTINGS.model_copy(update={"models": {"both": FinalModel(of=["good", "noise"], weights="auc")}})
    final = fit(predictions, outcomes, "both", stated, "median", TASK)
    risks = predictions[(predictions["kind"] == "risk") & (predictions["split"] == "train")]
    risks = risks.pivot(index="case", columns="model", values="value")
    areas = [harrell_c(outcomes["time"], outcomes["event"], risks[name]).estimate for name in ("good", "noise")]
    np.testing.assert_allclose(final.stack["weight"], np.array(areas) / sum(areas))
    assert final.stack["sd"] == [1.0, 1.0]
    assert len(final.weights) == 2 * 5


@pytest.mark.parametrize("model", ["both", "mean", "alone"])
def test_the_nomogram_gives_the_probabilities_at_the_horizons(model):
    predictions, outcomes = sample()
    final = fit(predictions, outcomes, model, SETTINGS, "median", TASK)
    values = final.nomogram[final.nomogram["kind"] == "variable"].groupby("axis")["label"].nth(1)
    values = dict(zip(SETTINGS.models[model].of, values, strict=True))
    read = read_nomogram(final.nomogram, values, lambda p: np.log(-np.log1p(-p)))
    risk = apply_combination(final.stack, pd.DataFrame({name: [float(value)] for name, value in values.items()}))
    expected = predict_hazard(final.calibrator, risk, [12, 24])[0]
    assert list(read) == ["Event by 12 months", "Event by 24 months"]
    assert list(read.values()) == pytest.approx(list(np.log(-np.log1p(-expected))))
