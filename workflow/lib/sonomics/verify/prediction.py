"""How well a risk score predicts events by a horizon."""

import numpy as np
import pandas as pd

from sonomics.statistics.clinical_utility.decision_curve import survival_net_benefit
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.survival.censoring import Censoring
from sonomics.statistics.survival.concordance import uno_c
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.cox_model import predict_risk
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc
from sonomics.statistics.survival.kaplan_meier import kaplan_meier_risk
from sonomics.verify.tree import Tree, Undefined, explain_nan, pick_fields, undefined_fields

HORIZONS = (12, 24, 36)
HORIZON = 24
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
NO_CURVE = "follow-up ends before"
NO_RISK = "the risk could not be predicted"
EMPTY = "no patients"


def time_and_event(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return follow-up time and event."""
    return rows["time_months"].to_numpy(dtype=np.float64), rows["event"].to_numpy(dtype=np.float64)


def point_value(estimate: Estimate) -> float:
    """Return the point value of an estimate, with its reason when undefined."""
    value: float = explain_nan(estimate.estimate, estimate.reason)
    return value


def uno_by_part(rows: pd.DataFrame) -> Tree:
    """Compute Uno's C of all patients, and of test patients with the censoring of training."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    tree: Tree = {
        f"tau_{tau}_G_left_all": point_value(uno_c(*time_and_event(rows), rows["risk_score"], tau))
        for tau in HORIZONS[1:]
    }
    with_train_censoring = (
        point_value(
            uno_c(*time_and_event(test), test["risk_score"], HORIZON, Censoring.estimate(*time_and_event(train)))
        )
        if len(train) and len(test)
        else Undefined(EMPTY)
    )
    return tree | {f"tau_{HORIZON}_test_weights_from_train_G_left": with_train_censoring}


def auc_at_horizon(rows: pd.DataFrame, horizon: float) -> Tree:
    """Compute the AUC at a horizon of all patients, and of test patients with either censoring."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    at_horizon = time_dependent_auc(*time_and_event(rows), rows["risk_score"], horizon)
    from_test: float = Undefined(EMPTY)
    from_train: float = from_test
    if len(train) and len(test):
        curve = Censoring.estimate(*time_and_event(train))
        from_test = point_value(time_dependent_auc(*time_and_event(test), test["risk_score"], horizon).area)
        from_train = point_value(time_dependent_auc(*time_and_event(test), test["risk_score"], horizon, curve).area)
    return {
        "auc_all": point_value(at_horizon.area),
        "auc_test_weights_from_train_G_left": from_train,
        "auc_test_own_weights_G_left": from_test,
        "riskRegression_auc": point_value(at_horizon.area),
        **pick_fields(at_horizon.area, {"riskRegression_se": "se", "riskRegression_ci": ("lower", "upper")}),
        "n_cases": at_horizon.cases,
        "n_controls": at_horizon.controls,
    }


def predict_at_horizon(rows: pd.DataFrame) -> Tree:
    """Apply a model of training patients to the risk of test patients at the horizon."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    if not len(train) or not len(test):
        names = ("cox_train_beta", "risk_first5_efron", "risk_all_test_rows_efron", "mean_risk", "observed_km_risk_24")
        briers = ("brier_own_G_left", "brier_train_G_left", "riskRegression_brier", "riskRegression_brier_null")
        unknown = [Undefined(EMPTY)] * len(THRESHOLDS)
        return {
            f"pred_{HORIZON}m_test": undefined_fields((*names, *briers), EMPTY),
            "calibration_slope_test": undefined_fields(("slope", "se"), EMPTY),
            f"dca_survival_{HORIZON}m_test": {"thresholds": THRESHOLDS, "model": unknown, "treat_all": unknown},
        }
    fitted = fit_cox(*time_and_event(train), train[["risk_score"]]).iloc[0]
    risk = predict_risk(*time_and_event(train), train[["risk_score"]], test[["risk_score"]], HORIZON)
    observed = kaplan_meier_risk(*time_and_event(test), HORIZON)
    own_brier, train_brier = (
        ipcw_brier(*time_and_event(test), risk, HORIZON, curve)
        for curve in (None, Censoring.estimate(*time_and_event(train)))
    )
    linear = pd.DataFrame({"linear": test["risk_score"] * fitted["beta"]})
    slope = pd.Series({"beta": np.nan, "se": np.nan, "reason": NO_RISK})
    if not np.isnan(fitted["beta"]):
        slope = fit_cox(*time_and_event(test), linear).iloc[0]
    benefit = survival_net_benefit(*time_and_event(test), risk, HORIZON, THRESHOLDS)
    no_curve = f"{NO_CURVE} {HORIZON}"
    return {
        f"pred_{HORIZON}m_test": {
            "cox_train_beta": explain_nan(fitted["beta"], fitted["reason"]),
            "risk_first5_efron": [explain_nan(value, NO_RISK) for value in risk[:5]],
            "risk_all_test_rows_efron": [explain_nan(value, NO_RISK) for value in risk],
            "mean_risk": explain_nan(float(risk.mean()), NO_RISK),
            f"observed_km_risk_{HORIZON}": explain_nan(observed, no_curve),
            "brier_own_G_left": explain_nan(own_brier, NO_RISK),
            "brier_train_G_left": explain_nan(train_brier, NO_RISK),
            "riskRegression_brier": explain_nan(own_brier, NO_RISK),
            "riskRegression_brier_null": explain_nan(
                ipcw_brier(*time_and_event(test), np.full(len(test), observed), HORIZON), no_curve
            ),
        },
        "calibration_slope_test": {
            "slope": explain_nan(slope["beta"], slope["reason"]),
            "se": explain_nan(slope["se"], slope["reason"]),
        },
        f"dca_survival_{HORIZON}m_test": {
            "thresholds": list(THRESHOLDS),
            "model": [explain_nan(value, NO_RISK) for value in benefit["model"]],
            "treat_all": [explain_nan(value, no_curve) for value in benefit["treat_all"]],
        },
    }
