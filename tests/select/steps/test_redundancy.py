"""Features that repeat what others say are dropped."""

import numpy as np

from sonomics.select.steps.redundancy import keep_uncorrelated
from sonomics.select.steps.training import Training
from sonomics.statistics.selection.univariable import mann_whitney_by_feature
from tests.select.features import BINARY, as_outcomes, fit, step, table, training


def test_no_column_is_uncorrelated_with_nothing():
    assert keep_uncorrelated([], training({}), step("correlation", above=0.6)).names == []


def test_of_two_alike_the_one_with_the_larger_p_can_go():
    rows, labels = table()
    data = Training(rows, as_outcomes(labels), {}, 1, BINARY)
    names = ["t__copy", "t__first", "t__noise0"]
    _, p = mann_whitney_by_feature(rows[names].to_numpy(), labels.to_numpy())
    better = names[int(np.argmin(p[:2]))]
    kept = keep_uncorrelated(names, data, step("correlation", above=0.6, drop="larger_p", method="spearman")).names
    assert kept == [better, "t__noise0"]


def test_mrmr_keeps_as_many_as_asked_and_no_copy():
    rows, labels = table()
    state = fit(rows, labels, {}, [{"step": "mrmr", "count": 2}], seed=1)
    assert len(state["kept"]) == 2
    assert not {"t__first", "t__copy"} <= set(state["kept"])
    assert np.isnan(state["intercept"])
    assert state["coefficients"] == {}
