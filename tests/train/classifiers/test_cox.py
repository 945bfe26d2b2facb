"""The penalised Cox model."""

import numpy as np
import pandas as pd

from sonomics.core.models import read_model, write_model
from sonomics.core.settings.tasks import SurvivalTask
from sonomics.kinds.models.cox import Cox
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.train.classifiers.cox import assign_folds
from sonomics.train.classifiers.folds import summarise_risks
from sonomics.train.classifiers.risks import fit_risks as fit
from sonomics.train.classifiers.risks import predict_risks

SETTINGS = Cox.model_validate({"kind": "cox", "families": ["t"], "folds": 4})
TASK = SurvivalTask.partial({"type": "survival", "horizons": [24, 12]})


def sample(n: int = 80, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.normal(size=(n, 3))
    time = random.exponential(20 * np.exp(-values[:, 0]))
    censored = random.exponential(40, size=n)
    outcomes = np.column_stack([np.minimum(time, censored), time <= censored]).astype(float)
    return values, outcomes, np.array([f"P{number:02d}" for number in range(n)])


def test_larger_risks_mean_earlier_events_and_risks_grow_with_the_horizon():
    values, outcomes, groups = sample()
    state = fit(SETTINGS, values, outcomes, groups, seed=1)
    assert state["coefficients"][0] > 3 * np.abs(state["coefficients"][1:]).max()
    risk, *at_horizons = predict_risks(state, values, TASK)
    assert (risk.kind, [column.horizon for column in at_horizons]) == ("risk", [12.0, 24.0])
    assert harrell_c(*outcomes.T, risk[-1]).estimate > 0.65
    early, late = (column[-1] for column in at_horizons)
    assert ((early > 0) & (early < late) & (late < 1)).all()


def test_a_model_is_the_same_after_it_was_written_and_read(tmp_path):
    values, outcomes, groups = sample()
    state = fit(SETTINGS, values, outcomes, groups, seed=1)
    write_model(tmp_path / "model.skops", state)
    read = read_model(tmp_path / "model.skops")
    for before, after in zip(predict_risks(state, values, TASK), predict_risks(read, values, TASK), strict=True):
        np.testing.assert_array_equal(before[-1], after[-1])


def test_too_few_events_or_no_feature_leave_the_baseline_alone():
    values, outcomes, groups = sample()
    few = np.column_stack([outcomes[:, 0], np.arange(80) < 2]).astype(float)
    for state in (fit(SETTINGS, values, few, groups, 1), fit(SETTINGS, values[:, :0], outcomes, groups, 1)):
        assert state["note"]
        risk, first, _ = predict_risks(state, values[:, : len(state["coefficients"])], TASK)
        assert np.ptp(risk[-1]) == 0
        assert np.ptp(first[-1]) == 0


def test_inner_folds_have_events_each_and_keep_groups_together():
    groups = np.repeat([f"P{number}" for number in range(12)], 2)
    event = np.repeat([1.0, 0.0], 12)
    folds = assign_folds(groups, event, 3, seed=1)
    assert folds is not None
    assert {fold: event[folds == fold].sum() for fold in range(3)} == {0: 4.0, 1: 4.0, 2: 4.0}
    assert (pd.Series(folds).groupby(groups).nunique() == 1).all()


def test_the_concordance_of_each_fold_is_summarised():
    outcomes = pd.DataFrame({"time": [1.0, 2, 3, 4, 5, 6], "event": 1.0}, index=list("abcdef"))
    about = {"case": list("abcdef"), "fold": ["0"] * 3 + ["1"] * 3, "kind": "risk"}
    predictions = pd.DataFrame({**about, "value": [3.0, 2, 1, 1, 2, 3]})
    assert summarise_risks(predictions, outcomes, TASK)["mean"] == 0.5
