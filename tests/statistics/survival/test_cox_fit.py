import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import CoxPHFitter
from lifelines.exceptions import ConvergenceWarning

from sonomics.statistics.survival.cox_fit import maximise_partial_likelihood
from sonomics.statistics.survival.partial_likelihood import build_risk_sets, log_partial_likelihood, moments


def tied_cohort(seed, n=60):
    generator = np.random.default_rng(seed)
    design = generator.normal(size=(n, 2))
    times = np.ceil(generator.exponential(np.exp(-0.5 * design[:, 0])) * 6)
    return times, generator.uniform(size=n) < 0.7, (design - design.mean(axis=0)) / design.std(axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_the_maximum_is_that_of_statsmodels(seed):
    from statsmodels.duration.hazard_regression import PHReg

    times, happened, design = tied_cohort(seed)
    got = maximise_partial_likelihood(build_risk_sets(times, happened), design)
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
    sets = build_risk_sets(times, happened)
    got = maximise_partial_likelihood(sets, design)
    for step in ([0.01, 0], [0, 0.01], [-0.01, 0], [0, -0.01]):
        assert log_partial_likelihood(sets, design, got.beta + step) <= got.fitted + 1e-9


def test_a_constant_column_has_no_maximum():
    times, happened, design = tied_cohort(1)
    got = maximise_partial_likelihood(
        build_risk_sets(times, happened), np.column_stack([design, np.zeros(len(design))])
    )
    assert np.isnan(got.beta).all()


def test_it_reaches_a_maximum_where_lifelines_stops_on_its_way():
    generator = np.random.default_rng(2455)
    x = generator.lognormal(sigma=1.2, size=60)
    times = np.round(generator.exponential(np.exp(-3 * x / x.std())) * 20 + 0.01, 2)
    design, sets = ((x - x.mean()) / x.std())[:, None], build_risk_sets(times, np.ones(60, dtype=bool))
    got = maximise_partial_likelihood(sets, design)
    assert (moments(sets, design, got.beta).mean - design[sets.order]).sum() == pytest.approx(0, abs=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = CoxPHFitter().fit(pd.DataFrame({"x": design[:, 0], "time": times}), "time")
    assert theirs.log_likelihood_ < got.fitted - 1
