import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.survival.cox import fit_cox, fit_univariable_cox


@pytest.fixture(scope="module")
def cohort(oracle):
    table = oracle.table("survival")
    table["lca"] = np.log(table["ca125"])
    for stage in ("II", "III", "IV"):
        table[f"stage{stage}"] = (table["stage"] == stage).astype(float)
    return table


def as_oracle(row):
    ci = {"ci": [row["lower"], row["upper"]]}
    return {"beta": row["beta"], "se": row["se"], "hr": row["hr"], "z": row["z"], "p": row["p"]} | ci


def test_multivariable_model_equals_r(oracle, cohort):
    covariates = cohort[["risk_score", "age", "lca", "stageII", "stageIII", "stageIV", "residual"]]
    got = fit_cox(cohort["time_months"], cohort["event"], covariates)
    oracle.check("survival.cox_efron.multivariable.coef", {name: as_oracle(row) for name, row in got.iterrows()})
    assert (got["n"] == 250).all()
    assert (got["events"] == 162).all()
    assert (got["reason"] == "").all()


def test_univariable_models_equal_r(oracle, cohort):
    got = fit_univariable_cox(cohort["time_months"], cohort["event"], cohort[["risk_score", "age", "lca", "residual"]])
    for name, row in got.iterrows():
        oracle.check(f"survival.cox_efron.uni_{name}.coef.{name}", as_oracle(row))


def test_units_of_a_covariate_do_not_matter(cohort):
    months = cohort[["age"]]
    one = fit_cox(cohort["time_months"], cohort["event"], months)
    other = fit_cox(cohort["time_months"], cohort["event"], 1e5 * months)
    assert one.loc["age", "beta"] == pytest.approx(1e5 * other.loc["age", "beta"], rel=1e-6)
    assert one.loc["age", "p"] == pytest.approx(other.loc["age", "p"], rel=1e-6)


def test_a_constant_covariate_is_named_and_the_others_are_fitted(cohort):
    got = fit_cox(cohort["time_months"], cohort["event"], cohort[["age"]].assign(one=1.0))
    alone = fit_cox(cohort["time_months"], cohort["event"], cohort[["age"]])
    assert got.loc["one", "reason"] == "constant"
    assert np.isnan(got.loc["one", "hr"])
    assert got.loc["age", "hr"] == pytest.approx(alone.loc["age", "hr"])


def test_dependent_covariates_are_not_estimable(cohort):
    got = fit_cox(cohort["time_months"], cohort["event"], cohort[["age"]].assign(twice=2 * cohort["age"] + 1))
    assert got["hr"].isna().all()
    assert (got["reason"] == "linearly dependent covariates").all()


def test_no_events_is_not_estimable():
    got = fit_cox([1, 2, 3], [0, 0, 0], pd.DataFrame({"x": [1.0, 2.0, 4.0]}))
    assert got["reason"].tolist() == ["no events"]
    assert np.isnan(got["p"].item())


def test_an_estimate_that_runs_to_infinity_is_not_estimable():
    time, group = np.arange(1.0, 41.0), np.repeat([1.0, 0.0], 20)
    got = fit_cox(time, group, pd.DataFrame({"group": group}))
    assert np.isnan(got["hr"].item())
    assert got["reason"].item() == "the estimate runs to infinity"


def test_missing_covariates_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        fit_cox([1, 2], [1, 1], pd.DataFrame({"x": [1.0, np.nan]}))
