"""Cox models of patients with follow-up: univariable, of three covariates, and penalised."""

import numpy as np
import pandas as pd

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.cox_lasso import cox_lasso_cv, cox_lasso_path
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.cox_tests import cox_model_tests
from sonomics.statistics.survival.risk_model import fit_risk_model, predict_log_hazard, predict_survival
from sonomics.verify.tree import Tree, explain_nan, pick_fields, undefined_fields

PENALTIES = np.exp(np.linspace(np.log(0.25), np.log(0.01), 8))
PRECISION = 1e-14
SHOWN = (2, 4, 6, 8)
MIXED = {"ridge_at_1": (1.0, 0.0), "ridge_at_01": (0.1, 0.0), "elastic_net_half_at_01": (0.1, 0.5)}
COVARIATES = ["z01", "z02", "z11"]
HORIZONS = (12, 24)
FIRST = 5
NO_TEST = "no test patients"


def cox_univariable_train(patients: pd.DataFrame) -> Tree:
    """Fit a Cox model of every covariate on training patients (Efron's ties)."""
    train = _train(patients)
    tree: Tree = {}
    for name in _covariates(patients):
        design = train[[name]].astype(float)
        row = fit_cox(train["time"], train["event"], design).iloc[0]
        tests = cox_model_tests(train["time"], train["event"], design)
        coef, se, hr, lower, upper = (
            explain_nan(float(row[key]), row["reason"]) for key in ("beta", "se", "hr", "lower", "upper")
        )
        tree[name] = {
            "coef": coef,
            "se": se,
            "hr": hr,
            "ci": [lower, upper],
            "p_wald": explain_nan(float(row["p"]), row["reason"]),
            **pick_fields(tests.likelihood_ratio, {"p_lr": "p"}),
            **pick_fields(tests.score, {"p_score": "p"}),
        }
    return tree


def cox_lasso_train(patients: pd.DataFrame) -> Tree:
    """Fit penalised Cox models on training patients, and cross-validate the LASSO."""
    train, names = _train(patients), _covariates(patients)
    values = train[names].to_numpy(dtype=np.float64)
    follow_up = (train["time"], train["event"])
    path = cox_lasso_path(values, *follow_up, PENALTIES, precision=PRECISION)
    scored = cox_lasso_cv(values, *follow_up, train["fold"], lambdas=PENALTIES, precision=PRECISION)
    mixed = {
        key: cox_lasso_path(values, *follow_up, [penalty], mixing, PRECISION).coefficients[0]
        for key, (penalty, mixing) in MIXED.items()
    }
    return {
        "lambda": PENALTIES,
        **{f"at_{shown}": _named(names, path.coefficients[shown - 1]) for shown in SHOWN},
        "df": (path.coefficients != 0).sum(axis=1),
        **{key: _named(names, coefficients) for key, coefficients in mixed.items()},
        "cv_deviance_grouped": scored.deviance_mean,
        "cv_se": scored.deviance_se,
        "lambda_min": scored.lambdas[scored.index_min],
        "lambda_1se": scored.lambdas[scored.index_1se],
        "ties": "Breslow, as glmnet",
    }


def cox_model(patients: pd.DataFrame) -> Tree:
    """Fit a Cox model of three covariates on training patients, and predict test patients (Efron's ties)."""
    train, test = _train(patients), patients[patients["set"] == "test"]
    model = fit_risk_model(train["time"], train["event"], train[COVARIATES])
    columns = test[COVARIATES].to_numpy(dtype=np.float64)
    survival = predict_survival(model, columns[:FIRST], HORIZONS)
    origin = predict_survival(model, np.zeros((1, len(COVARIATES))), HORIZONS[:1])
    beyond = model.reason or "beyond the last follow-up"
    tree: Tree = {
        "coef": _named(COVARIATES, model.coefficients, model.reason),
        "se": _named(COVARIATES, model.se, model.reason),
        "loglik": [explain_nan(model.null, model.reason), explain_nan(model.fitted, model.reason)],
        **{
            f"survival_{horizon}_first{FIRST}_test": [explain_nan(float(value), beyond) for value in survival[:, index]]
            for index, horizon in enumerate(HORIZONS)
        },
        f"baseline_cumulative_hazard_uncentred_{HORIZONS[0]}": explain_nan(-float(np.log(origin[0, 0])), beyond),
    }
    keys = {"harrell_c_test": "estimate", "harrell_c_se_test": "se"}
    if model.reason or not len(test):
        return tree | undefined_fields(keys, model.reason or NO_TEST)
    return tree | pick_fields(harrell_c(test["time"], test["event"], predict_log_hazard(model, columns)), keys)


def _train(patients: pd.DataFrame) -> pd.DataFrame:
    return patients[patients["set"] == "train"]


def _covariates(patients: pd.DataFrame) -> list[str]:
    return [str(name) for name in patients if str(name).startswith("z") and str(name)[1:].isdigit()]


def _named(names: list[str], values: Floats, reason: str = "") -> Tree:
    return {name: explain_nan(float(value), reason) for name, value in zip(names, values, strict=True)}
