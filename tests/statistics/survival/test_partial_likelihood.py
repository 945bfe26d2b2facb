import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.survival.partial_likelihood import (
    baseline_cumulative_hazard,
    log_partial_likelihood,
    maximise,
    risk_sets,
)


def tied_cohort(seed, n=60):
    generator = np.random.default_rng(seed)
    design = generator.normal(size=(n, 2))
    times = np.ceil(generator.exponential(np.exp(-0.5 * design[:, 0])) * 6)
    return times, generator.uniform(size=n) < 0.7, (design - design.mean(axis=0)) / design.std(axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_the_maximum_is_that_of_statsmodels(seed):
    from statsmodels.duration.hazard_regression import PHReg

    times, happened, design = tied_cohort(seed)
    got = maximise(risk_sets(times, happened), design)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = PHReg(times, design, status=happened.astype(float), ties="efron")
        wanted = model.fit(disp=0)
    assert got.beta == pytest.approx(wanted.params, abs=1e-6)
    assert np.sqrt(np.diag(got.covariance)) == pytest.approx(wanted.bse, rel=1e-5)
    assert got.fitted == pytest.approx(wanted.llf)


@given(st.integers(0, 1000))
def test_nothing_near_the_maximum_is_higher(seed):
    times, happened, design = tied_cohort(seed, 30)
    sets = risk_sets(times, happened)
    got = maximise(sets, design)
    for step in ([0.01, 0], [0, 0.01], [-0.01, 0], [0, -0.01]):
        assert log_partial_likelihood(sets, design, got.beta + step) <= got.fitted + 1e-9


def test_hazard_of_tied_events_by_hand():
    # Five at risk, two events at 1: 1/5 + 1/4; then one of the three left at 2.
    sets = risk_sets(np.array([1.0, 1.0, 2.0, 3.0, 3.0]), np.array([True, True, True, False, False]))
    times, hazard = baseline_cumulative_hazard(sets, np.zeros((5, 1)), np.zeros(1))
    assert times.tolist() == [1, 2]
    assert hazard == pytest.approx([9 / 20, 9 / 20 + 1 / 3])


def test_a_constant_column_has_no_maximum():
    times, happened, design = tied_cohort(1)
    got = maximise(risk_sets(times, happened), np.column_stack([design, np.zeros(len(design))]))
    assert np.isnan(got.beta).all()
