"""The selection of features for the time to an event."""

import numpy as np
import pandas as pd

from sonomics.core.settings.tasks import SurvivalTask
from tests.select.features import fit

TASK = SurvivalTask.partial({"type": "survival", "horizons": [12]})


def rows(n: int = 90, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    index = pd.MultiIndex.from_tuples([(f"P{i}", f"P{i}", "") for i in range(n)], names=["patient", "case", "image"])
    signal = random.normal(size=n)
    features = pd.DataFrame(
        {
            "t__signal": signal,
            "t__copy": signal + random.normal(0, 0.2, n),
            **{f"t__noise{number}": random.normal(size=n) for number in range(4)},
        },
        index=index,
    )
    time, censored = random.exponential(20 * np.exp(-signal)), random.exponential(40, size=n)
    outcomes = pd.DataFrame({"time": np.minimum(time, censored), "event": (time <= censored) * 1.0}, index=index)
    return features, outcomes


def test_univariable_cox_models_keep_what_goes_with_the_event():
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": "cox", "below": 0.001}], 1, TASK)
    assert set(state["kept"]) == {"t__signal", "t__copy"}
    assert state["events"] == int(outcomes["event"].sum())


def test_the_cox_lasso_keeps_the_signal_and_has_no_intercept():
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": "lasso", "folds": 3, "rule": "1se"}], 1, TASK)
    assert "t__signal" in state["coefficients"]
    assert state["coefficients"]["t__signal"] > 0
    assert np.isnan(state["intercept"])


def test_of_two_correlated_features_the_one_with_the_larger_p_goes():
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": "correlation", "above": 0.9, "drop": "larger_p"}], 1, TASK)
    assert "t__signal" in state["kept"]
    assert "t__copy" not in state["kept"]
