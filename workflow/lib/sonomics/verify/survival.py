"""Survival of risk groups, Cox models, concordance and prediction at a horizon."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.estimates import Floats, SignificanceTest
from sonomics.statistics.survival.concordance import compare_harrell_c, count_pairs, harrell_c
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.cox_tests import cox_interaction, cox_model_tests
from sonomics.statistics.survival.cutpoint import largest_log_rank, maximally_selected_log_rank
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, median_follow_up, survival_at
from sonomics.statistics.survival.log_rank import LogRank, log_rank, stratified_log_rank
from sonomics.statistics.survival.proportional_hazards import proportional_hazards_test
from sonomics.verify.prediction import (
    EMPTY,
    HORIZONS,
    NO_CURVE,
    auc_at_horizon,
    point_value,
    predict_at_horizon,
    time_and_event,
    uno_by_part,
)
from sonomics.verify.tree import Tree, Undefined, explain_nan, pick_fields, undefined_fields

LATE = ("III", "IV")
OLD = 60


def survival(patients: pd.DataFrame) -> Tree:
    """Compute every section of the survival table."""
    train = patients[patients["set"] == "train"]
    cut = float(train["risk_score"].median())
    rows = patients.assign(high=(patients["risk_score"] > cut).astype(float))
    groups = {"all": rows, "low": rows[rows["high"] == 0], "high": rows[rows["high"] == 1]}
    return {
        "n": len(rows),
        "n_events": int(rows["event"].sum()),
        "cut_train_median": explain_nan(cut, "no training patients"),
        "n_high": int(rows["high"].sum()),
        **{f"km_{name}": _curve(part) for name, part in groups.items()},
        "median_followup_reverse_km": pick_fields(median_follow_up(*time_and_event(rows)), {"median": "estimate"})[
            "median"
        ],
        "logrank_high_low": _compared(log_rank(*time_and_event(rows), rows["high"])),
        "logrank_stage": _compared(log_rank(*time_and_event(rows), rows["stage"])),
        "logrank_high_low_stratified_by_stage": pick_fields(
            stratified_log_rank(*time_and_event(rows), rows["high"], rows["stage"]), {"chi2": "statistic", "p": "p"}
        ),
        "cox_efron": {name: _model(rows, design) for name, design in _designs(rows).items()},
        "cox_zph_score_test_columns": {transform: _trends(rows, transform) for transform in ("km", "rank", "identity")},
        "harrell_c": _harrell(rows),
        "uno_c": uno_by_part(rows),
        "time_dependent_auc": {f"t{horizon}": auc_at_horizon(rows, horizon) for horizon in HORIZONS},
        **predict_at_horizon(rows),
        "optimal_cutpoint_train": _cutpoint(rows[rows["set"] == "train"]),
        "subgroup_forest": _forest(rows),
    }


def _curve(rows: pd.DataFrame) -> Tree:
    if not len(rows):
        unknown = [Undefined(EMPTY)] * len(HORIZONS)
        bounds: Tree = {"lower": unknown, "upper": unknown, "median_ci": unknown[:2]}
        numbers: Tree = {"surv": unknown, "se_greenwood": unknown, "n_risk": [0] * len(HORIZONS)}
        return {"times": list(HORIZONS), **numbers, "median": Undefined(EMPTY), "loglog": bounds}
    curve = kaplan_meier(*time_and_event(rows))
    at = survival_at(curve, HORIZONS)

    def column(name: str) -> list[float]:
        reasons = (NO_CURVE if np.isnan(value) else "survival is 0 or 1" for value in at["survival"])
        return [
            explain_nan(value, f"{reason} {h}") for value, reason, h in zip(at[name], reasons, HORIZONS, strict=True)
        ]

    median = curve.median._replace(reason="not reached")
    return {
        "times": list(HORIZONS),
        "surv": column("survival"),
        "se_greenwood": column("se"),
        "n_risk": at["at_risk"].to_numpy(),
        "median": pick_fields(median, {"median": "estimate"})["median"],
        "loglog": {"lower": column("lower"), "upper": column("upper")}
        | pick_fields(median, {"median_ci": ("lower", "upper")}),
    }


def _compared(result: LogRank) -> Tree:
    groups = {"obs": result.groups["observed"].to_numpy(), "exp": result.groups["expected"].to_numpy()}
    return pick_fields(result.test, {"chi2": "statistic", "df": "df", "p": "p"}) | groups


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
    tests = cox_model_tests(*time_and_event(rows), design)
    table = fit_cox(*time_and_event(rows), design)
    return {
        "n": tests.n,
        "events": tests.events,
        **pick_fields(tests, {"loglik": ("null", "fitted")}),
        "lrt": _test(tests.likelihood_ratio),
        "wald": _test(tests.wald),
        "score": _test(tests.score),
        "coef": {
            str(name): {
                "beta": explain_nan(row["beta"], row["reason"]),
                "se": explain_nan(row["se"], row["reason"]),
                "hr": explain_nan(row["hr"], row["reason"]),
                "ci": [explain_nan(row["lower"], row["reason"]), explain_nan(row["upper"], row["reason"])],
                "z": explain_nan(row["z"], row["reason"]),
                "p": explain_nan(row["p"], row["reason"]),
            }
            for name, row in table.iterrows()
        },
    }


def _test(test: SignificanceTest) -> list[float]:
    return list(pick_fields(test, {"chi2": "statistic", "df": "df", "p": "p"}).values())


def _trends(rows: pd.DataFrame, transform: Any) -> Tree:
    table = proportional_hazards_test(*time_and_event(rows), _designs(rows)["multivariable"], transform)
    return {
        str(name): {"chisq": explain_nan(row["chi2"], row["reason"]), "p": explain_nan(row["p"], row["reason"])}
        for name, row in table.iterrows()
    }


def _harrell(rows: pd.DataFrame) -> Tree:
    parts = {"all": rows} | {name: rows[rows["set"] == name] for name in ("train", "test")}
    tree: Tree = {}
    for name, part in parts.items():
        if not len(part):
            tree[name] = undefined_fields(("c", "se", "concordant", "discordant", "tied_x", "tied_y", "tied_xy"), EMPTY)
            continue
        counts = count_pairs(*time_and_event(part), part["risk_score"])
        tree[name] = pick_fields(harrell_c(*time_and_event(part), part["risk_score"]), _C) | pick_fields(
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
        undefined_fields(_C, no_fit)
        if np.isnan(apparent).any()
        else pick_fields(harrell_c(*time_and_event(rows), apparent), _C)
    )
    tree["compare_risk_score_vs_clinical_cox"] = (
        undefined_fields(compared, no_fit)
        if np.isnan(alone + clinical).any()
        else pick_fields(compare_harrell_c(*time_and_event(rows), alone, clinical), compared)
    )
    return tree


_C = {"c": "estimate", "se": "se"}


def _linear(rows: pd.DataFrame, design: pd.DataFrame) -> Floats:
    beta = fit_cox(*time_and_event(rows), design)["beta"].to_numpy(dtype=np.float64)
    return np.asarray(design.to_numpy(dtype=np.float64) @ beta, dtype=np.float64)


def _cutpoint(train: pd.DataFrame) -> Tree:
    selected = {
        "maxstat_cutpoint": "cutpoint",
        "maxstat_statistic": "statistic",
        "p_lausen_schumacher_1994": "p_1994",
        "p_lausen_schumacher_1992": "p_1992",
    }
    scanned = {"max_logrank_chi2_cutpoint": "cutpoint", "max_logrank_chi2": "chi2", "n_candidates": "candidates"}
    if not len(train):
        return undefined_fields((*selected, *scanned), EMPTY)
    data = (*time_and_event(train), train["risk_score"])
    return pick_fields(maximally_selected_log_rank(*data), selected) | pick_fields(largest_log_rank(*data), scanned)


def _forest(rows: pd.DataFrame) -> Tree:
    strata = {"age60": rows["age"] >= OLD, "late": rows["stage"].isin(LATE), "residual": rows["residual"] == 1}
    return {"overall": _ratio(rows)} | {name: _split(rows, members.to_numpy()) for name, members in strata.items()}


def _split(rows: pd.DataFrame, members: np.ndarray) -> Tree:
    interaction = cox_interaction(*time_and_event(rows), rows["high"], members.astype(float))
    return {
        "level0": _ratio(rows[~members]),
        "level1": _ratio(rows[members]),
        **pick_fields(interaction.likelihood_ratio, {"interaction_lrt_chi2": "statistic", "interaction_lrt_p": "p"}),
        "interaction_wald_p": explain_nan(interaction.wald_p, interaction.ratio.reason),
        "interaction_hr_ratio": point_value(interaction.ratio),
    }


def _ratio(rows: pd.DataFrame) -> Tree:
    counts = {"n": len(rows), "events": int(rows["event"].sum())}
    if not len(rows):
        return counts | {"hr": Undefined(EMPTY), "ci": [Undefined(EMPTY)] * 2, "p": Undefined(EMPTY)}
    row = fit_cox(*time_and_event(rows), rows[["high"]]).iloc[0]
    hr, lower, upper, p = (explain_nan(row[name], row["reason"]) for name in ("hr", "lower", "upper", "p"))
    return counts | {"hr": hr, "ci": [lower, upper], "p": p}
