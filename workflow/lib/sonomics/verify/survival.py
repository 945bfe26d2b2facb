"""Survival of risk groups, Cox models, concordance and prediction at a horizon."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.concordance import harrell_c, harrell_difference, pair_counts, uno_c
from sonomics.statistics.cox import cox
from sonomics.statistics.cox_tests import cox_interaction, model_tests, predicted_risk, proportional_hazards
from sonomics.statistics.decision import survival_net_benefit
from sonomics.statistics.estimates import Estimate, Floats, SignificanceTest
from sonomics.statistics.ipcw import Censoring, ipcw_brier, null_risk, time_dependent_auc
from sonomics.statistics.maxstat import largest_log_rank, maximally_selected
from sonomics.statistics.survival import (
    LogRank,
    kaplan_meier,
    log_rank,
    median_follow_up,
    stratified_log_rank,
    survival_at,
)
from sonomics.verify.tree import Tree, Undefined, because, nothing, picked

HORIZONS = (12, 24, 36)
HORIZON = 24
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
LATE = ("III", "IV")
OLD = 60
NO_CURVE = "follow-up ends before"
NO_RISK = "the risk could not be predicted"
EMPTY = "no patients"


def survival(patients: pd.DataFrame) -> Tree:
    """Everything of the survival table."""
    train = patients[patients["set"] == "train"]
    cut = float(train["risk_score"].median())
    rows = patients.assign(high=(patients["risk_score"] > cut).astype(float))
    groups = {"all": rows, "low": rows[rows["high"] == 0], "high": rows[rows["high"] == 1]}
    return {
        "n": len(rows),
        "n_events": int(rows["event"].sum()),
        "cut_train_median": because(cut, "no training patients"),
        "n_high": int(rows["high"].sum()),
        **{f"km_{name}": _curve(part) for name, part in groups.items()},
        "median_followup_reverse_km": picked(median_follow_up(*_followed(rows)), {"median": "estimate"})["median"],
        "logrank_high_low": _compared(log_rank(*_followed(rows), rows["high"])),
        "logrank_stage": _compared(log_rank(*_followed(rows), rows["stage"])),
        "logrank_high_low_stratified_by_stage": picked(
            stratified_log_rank(*_followed(rows), rows["high"], rows["stage"]), {"chi2": "statistic", "p": "p"}
        ),
        "cox_efron": {name: _model(rows, design) for name, design in _designs(rows).items()},
        "cox_zph_score_test_columns": {
            transform: _trends(rows, transform) for transform in ("km", "rank", "identity")
        },
        "harrell_c": _harrell(rows),
        "uno_c": _uno(rows),
        "time_dependent_auc": {f"t{horizon}": _auc_at(rows, horizon) for horizon in HORIZONS},
        **_predicted(rows),
        "optimal_cutpoint_train": _cutpoint(rows[rows["set"] == "train"]),
        "subgroup_forest": _forest(rows),
    }


def _followed(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    return rows["time_months"].to_numpy(dtype=np.float64), rows["event"].to_numpy(dtype=np.float64)


def _curve(rows: pd.DataFrame) -> Tree:
    if not len(rows):
        unknown = [Undefined(EMPTY)] * len(HORIZONS)
        bounds: Tree = {"lower": unknown, "upper": unknown, "median_ci": unknown[:2]}
        numbers: Tree = {"surv": unknown, "se_greenwood": unknown, "n_risk": [0] * len(HORIZONS)}
        return {"times": list(HORIZONS), **numbers, "median": Undefined(EMPTY), "loglog": bounds}
    curve = kaplan_meier(*_followed(rows))
    at = survival_at(curve, HORIZONS)

    def column(name: str) -> list[float]:
        reasons = (NO_CURVE if np.isnan(value) else "survival is 0 or 1" for value in at["survival"])
        return [because(value, f"{reason} {h}") for value, reason, h in zip(at[name], reasons, HORIZONS, strict=True)]

    median = curve.median._replace(reason="not reached")
    return {
        "times": list(HORIZONS),
        "surv": column("survival"),
        "se_greenwood": column("se"),
        "n_risk": at["at_risk"].to_numpy(),
        "median": picked(median, {"median": "estimate"})["median"],
        "loglog": {"lower": column("lower"), "upper": column("upper")} | picked(median, {"median_ci": ("lower", "upper")}),
    }


def _compared(found: LogRank) -> Tree:
    groups = {"obs": found.groups["observed"].to_numpy(), "exp": found.groups["expected"].to_numpy()}
    return picked(found.test, {"chi2": "statistic", "df": "df", "p": "p"}) | groups


def _stages(rows: pd.DataFrame) -> pd.DataFrame:
    levels = sorted(rows["stage"].unique())
    return pd.DataFrame({f"stage{level}": (rows["stage"] == level).astype(float) for level in levels[1:]}, rows.index)


def _designs(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    stages = _stages(rows)
    single = {name: rows[[name]].astype(float) for name in ("risk_score", "high", "age", "residual")}
    single["lca"] = pd.DataFrame({"lca": np.log(rows["ca125"])}, rows.index)
    several = [single["risk_score"], single["age"], single["lca"], stages, single["residual"]]
    return {
        **{f"uni_{name}": single[name] for name in ("risk_score", "high", "age", "lca")},
        "uni_stage": stages,
        "uni_residual": single["residual"],
        "multivariable": pd.concat(several, axis=1),
    }


def _model(rows: pd.DataFrame, design: pd.DataFrame) -> Tree:
    tests = model_tests(*_followed(rows), design)
    table = cox(*_followed(rows), design)
    return {
        "n": tests.n,
        "events": tests.events,
        **picked(tests, {"loglik": ("null", "fitted")}),
        "lrt": _test(tests.likelihood_ratio),
        "wald": _test(tests.wald),
        "score": _test(tests.score),
        "coef": {
            name: {
                "beta": because(row["beta"], row["reason"]),
                "se": because(row["se"], row["reason"]),
                "hr": because(row["hr"], row["reason"]),
                "ci": [because(row["lower"], row["reason"]), because(row["upper"], row["reason"])],
                "z": because(row["z"], row["reason"]),
                "p": because(row["p"], row["reason"]),
            }
            for name, row in table.iterrows()
        },
    }


def _test(test: SignificanceTest) -> list[float]:
    return list(picked(test, {"chi2": "statistic", "df": "df", "p": "p"}).values())


def _trends(rows: pd.DataFrame, transform: Any) -> Tree:
    table = proportional_hazards(*_followed(rows), _designs(rows)["multivariable"], transform)
    return {
        name: {"chisq": because(row["chi2"], row["reason"]), "p": because(row["p"], row["reason"])}
        for name, row in table.iterrows()
    }


def _harrell(rows: pd.DataFrame) -> Tree:
    parts = {"all": rows} | {name: rows[rows["set"] == name] for name in ("train", "test")}
    tree: Tree = {}
    for name, part in parts.items():
        if not len(part):
            tree[name] = nothing(("c", "se", "concordant", "discordant", "tied_x", "tied_y", "tied_xy"), EMPTY)
            continue
        counts = pair_counts(*_followed(part), part["risk_score"])
        tree[name] = picked(harrell_c(*_followed(part), part["risk_score"]), _C) | picked(
            counts,
            {
                "concordant": "concordant",
                "discordant": "discordant",
                "tied_x": "tied_risk",
                "tied_y": "tied_time",
                "tied_xy": "tied_both",
            },
        )
    designs = _designs(rows)
    apparent = _linear(rows, designs["multivariable"])
    alone, clinical = _linear(rows, designs["uni_risk_score"]), _linear(rows, designs["multivariable"].iloc[:, 1:])
    compared = {
        "c_risk_score": "c_a",
        "c_clinical": "c_b",
        "diff": "difference",
        "se_diff": "se",
        "z": "z",
        "p": "p",
    }
    no_fit = "a Cox model could not be fitted"
    tree["multivariable_apparent_efron"] = (
        nothing(_C, no_fit) if np.isnan(apparent).any() else picked(harrell_c(*_followed(rows), apparent), _C)
    )
    tree["compare_risk_score_vs_clinical_cox"] = (
        nothing(compared, no_fit)
        if np.isnan(alone + clinical).any()
        else picked(harrell_difference(*_followed(rows), alone, clinical), compared)
    )
    return tree


_C = {"c": "estimate", "se": "se"}


def _linear(rows: pd.DataFrame, design: pd.DataFrame) -> Floats:
    beta = cox(*_followed(rows), design)["beta"].to_numpy(dtype=np.float64)
    return np.asarray(design.to_numpy(dtype=np.float64) @ beta, dtype=np.float64)


def _value(estimate: Estimate) -> float:
    return picked(estimate, {"value": "estimate"})["value"]


def _uno(rows: pd.DataFrame) -> Tree:
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    tree: Tree = {
        f"tau_{tau}_G_left_all": _value(uno_c(*_followed(rows), rows["risk_score"], tau)) for tau in HORIZONS[1:]
    }
    elsewhere = (
        _value(uno_c(*_followed(test), test["risk_score"], HORIZON, Censoring.of(*_followed(train))))
        if len(train) and len(test)
        else Undefined(EMPTY)
    )
    return tree | {f"tau_{HORIZON}_test_weights_from_train_G_left": elsewhere}


def _auc_at(rows: pd.DataFrame, horizon: float) -> Tree:
    train, test = rows[rows["set"] == "train"], rows[rows["set"] == "test"]
    found = time_dependent_auc(*_followed(rows), rows["risk_score"], horizon)
    own = from_train = Undefined(EMPTY)
    if len(train) and len(test):
        curve = Censoring.of(*_followed(train))
        own = _value(time_dependent_auc(*_followed(test), test["risk_score"], horizon).area)
        from_train = _value(time_dependent_auc(*_followed(test), test["risk_score"], horizon, curve).area)
    return {
        "auc_all": _value(found.area),
        "auc_test_weights_from_train_G_left": from_train,
        "auc_test_own_weights_G_left": own,
        "riskRegression_auc": _value(found.area),
        **picked(found.area, {"riskRegression_se": "se", "riskRegression_ci": ("lower", "upper")}),
        "n_cases": found.cases,
        "n_controls": found.controls,
    }


def _predicted(rows: pd.DataFrame) -> Tree:
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
    fitted = cox(*_followed(train), train[["risk_score"]]).iloc[0]
    risk = predicted_risk(*_followed(train), train[["risk_score"]], test[["risk_score"]], HORIZON)
    observed = null_risk(*_followed(test), HORIZON)
    own, elsewhere = (
        ipcw_brier(*_followed(test), risk, HORIZON, curve) for curve in (None, Censoring.of(*_followed(train)))
    )
    linear = pd.DataFrame({"linear": test["risk_score"] * fitted["beta"]})
    slope = pd.Series({"beta": np.nan, "se": np.nan, "reason": NO_RISK})
    if not np.isnan(fitted["beta"]):
        slope = cox(*_followed(test), linear).iloc[0]
    benefit = survival_net_benefit(*_followed(test), risk, HORIZON, THRESHOLDS)
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
                ipcw_brier(*_followed(test), np.full(len(test), observed), HORIZON), no_curve
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


def _cutpoint(train: pd.DataFrame) -> Tree:
    selected = {
        "maxstat_cutpoint": "cutpoint",
        "maxstat_statistic": "statistic",
        "p_lausen_schumacher_1994": "p_1994",
        "p_lausen_schumacher_1992": "p_1992",
    }
    scanned = {"max_logrank_chi2_cutpoint": "cutpoint", "max_logrank_chi2": "chi2", "n_candidates": "candidates"}
    if not len(train):
        return nothing((*selected, *scanned), EMPTY)
    data = (*_followed(train), train["risk_score"])
    return picked(maximally_selected(*data), selected) | picked(largest_log_rank(*data), scanned)


def _forest(rows: pd.DataFrame) -> Tree:
    strata = {"age60": rows["age"] >= OLD, "late": rows["stage"].isin(LATE), "residual": rows["residual"] == 1}
    return {"overall": _ratio(rows)} | {name: _split(rows, members.to_numpy()) for name, members in strata.items()}


def _split(rows: pd.DataFrame, members: np.ndarray) -> Tree:
    found = cox_interaction(*_followed(rows), rows["high"], members.astype(float))
    return {
        "level0": _ratio(rows[~members]),
        "level1": _ratio(rows[members]),
        **picked(found.likelihood_ratio, {"interaction_lrt_chi2": "statistic", "interaction_lrt_p": "p"}),
        "interaction_wald_p": because(found.wald_p, found.ratio.reason),
        "interaction_hr_ratio": _value(found.ratio),
    }


def _ratio(rows: pd.DataFrame) -> Tree:
    counts = {"n": len(rows), "events": int(rows["event"].sum())}
    if not len(rows):
        return counts | {"hr": Undefined(EMPTY), "ci": [Undefined(EMPTY)] * 2, "p": Undefined(EMPTY)}
    row = cox(*_followed(rows), rows[["high"]]).iloc[0]
    hr, lower, upper, p = (because(row[name], row["reason"]) for name in ("hr", "lower", "upper", "p"))
    return counts | {"hr": hr, "ci": [lower, upper], "p": p}
