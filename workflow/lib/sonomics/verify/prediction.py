"""How well a risk score predicts events by a horizon."""

import numpy as np
import pandas as pd

from sonomics.statistics.clinical_utility.decision_curve import survival_net_benefit
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.survival.censoring import Censoring
from sonomics.statistics.survival.concordance import uno_c
from sonomics.statistics.survival.cox import cox
from sonomics.statistics.survival.cox_tests import predicted_risk
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc
from sonomics.statistics.survival.kaplan_meier import null_risk
from sonomics.verify.tree import Tree, Undefined, because, nothing, picked

HORIZONS = (12, 24, 36)
HORIZON = 24
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
NO_CURVE = "follow-up ends before"
NO_RISK = "the risk could not be predicted"
EMPTY = "no patients"


def followed(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Follow-up time and event."""
    return rows["time_months"].to_numpy(dtype=np.float64), rows["event"].to_numpy(dtype=np.float64)


def value(estimate: Estimate) -> float:
    """Point value of an estimate, with its reason when undefined."""
    return because(estimate.estimate, estimate.reason)


def uno(rows: pd.DataFrame) -> Tree:
    """Uno's C of all patients, and of test patients with the censoring of training."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    tree: Tree = {
        f"tau_{tau}_G_left_all": value(uno_c(*followed(rows), rows["risk_score"], tau)) for tau in HORIZONS[1:]
    }
    elsewhere = (
        value(uno_c(*followed(test), test["risk_score"], HORIZON, Censoring.of(*followed(train))))
        if len(train) and len(test)
        else Undefined(EMPTY)
    )
    return tree | {f"tau_{HORIZON}_test_weights_from_train_G_left": elsewhere}


def auc_at(rows: pd.DataFrame, horizon: float) -> Tree:
    """AUC at a horizon of all patients, and of test patients with either censoring."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    found = time_dependent_auc(*followed(rows), rows["risk_score"], horizon)
    own: float = Undefined(EMPTY)
    from_train: float = own
    if len(train) and len(test):
        curve = Censoring.of(*followed(train))
        own = value(time_dependent_auc(*followed(test), test["risk_score"], horizon).area)
        from_train = value(time_dependent_auc(*followed(test), test["risk_score"], horizon, curve).area)
    return {
        "auc_all": value(found.area),
        "auc_test_weights_from_train_G_left": from_train,
        "auc_test_own_weights_G_left": own,
        "riskRegression_auc": value(found.area),
        **picked(found.area, {"riskRegression_se": "se", "riskRegression_ci": ("lower", "upper")}),
        "n_cases": found.cases,
        "n_controls": found.controls,
    }


def predicted(rows: pd.DataFrame) -> Tree:
    """Risk at the horizon: a model of training patients applied to test patients."""
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    if not len(train) or not len(test):
        names = ("cox_train_beta", "risk_first5_efron", "risk_all_test_rows_efron", "mean_risk", "observed_km_risk_24")
        briers = ("brier_own_G_left", "brier_train_G_left", "riskRegression_brier", "riskRegression_brier_null")
        unknown = [Undefined(EMPTY)] * len(THRESHOLDS)
        return {
            f"pred_{HORIZON}m_test": nothing((*names, *briers), EMPTY),
            "calibration_slope_test": nothing(("slope", "se"), EMPTY),
            f"dca_survival_{HORIZON}m_test": {"thresholds": THRESHOLDS, "model": unknown, "treat_all": unknown},
        }
    fitted = cox(*followed(train), train[["risk_score"]]).iloc[0]
    risk = predicted_risk(*followed(train), train[["risk_score"]], test[["risk_score"]], HORIZON)
    observed = null_risk(*followed(test), HORIZON)
    own, elsewhere = (
        ipcw_brier(*followed(test), risk, HORIZON, curve) for curve in (None, Censoring.of(*followed(train)))
    )
    linear = pd.DataFrame({"linear": test["risk_score"] * fitted["beta"]})
    slope = pd.Series({"beta": np.nan, "se": np.nan, "reason": NO_RISK})
    if not np.isnan(fitted["beta"]):
        slope = cox(*followed(test), linear).iloc[0]
    benefit = survival_net_benefit(*followed(test), risk, HORIZON, THRESHOLDS)
    no_curve = f"{NO_CURVE} {HORIZON}"
    return {
        f"pred_{HORIZON}m_test": {
            "cox_train_beta": because(fitted["beta"], fitted["reason"]),
            "risk_first5_efron": [because(value, NO_RISK) for value in risk[:5]],
            "risk_all_test_rows_efron": [because(value, NO_RISK) for value in risk],
            "mean_risk": because(float(risk.mean()), NO_RISK),
            f"observed_km_risk_{HORIZON}": because(observed, no_curve),
            "brier_own_G_left": because(own, NO_RISK),
            "brier_train_G_left": because(elsewhere, NO_RISK),
            "riskRegression_brier": because(own, NO_RISK),
            "riskRegression_brier_null": because(
                ipcw_brier(*followed(test), np.full(len(test), observed), HORIZON), no_curve
            ),
        },
        "calibration_slope_test": {
            "slope": because(slope["beta"], slope["reason"]),
            "se": because(slope["se"], slope["reason"]),
        },
        f"dca_survival_{HORIZON}m_test": {
            "thresholds": list(THRESHOLDS),
            "model": [because(value, NO_RISK) for value in benefit["model"]],
            "treat_all": [because(value, no_curve) for value in benefit["treat_all"]],
        },
    }
