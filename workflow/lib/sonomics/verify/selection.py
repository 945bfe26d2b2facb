"""Agreement of outlined features, and their filters, scaling and LASSO."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.agreement.icc import icc21, icc21_interval, icc31, icc31_interval, subject_test
from sonomics.statistics.comparison.multiple_testing import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    hochberg,
    holm,
)
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.selection.correlation import prune_by_p
from sonomics.statistics.selection.lasso import lasso_path, lasso_path_cv
from sonomics.statistics.selection.univariable import mann_whitney_by_feature
from sonomics.verify.tree import Tree, Undefined, explain_nan, undefined_fields

GOOD = 0.75
SIGNIFICANT = 0.05
CORRELATED = 0.6
PAIRS = (("x01", "x07"), ("x02", "x20"))
PENALTIES = (0.2, 0.1, 0.05, 0.02)
GRID = np.exp(np.linspace(np.log(0.25), np.log(0.01), 60))
SHOWN = 5
CONSTANT = "constant"
ADJUSTED = {
    "bonferroni": bonferroni,
    "holm": holm,
    "hochberg": hochberg,
    "BH": benjamini_hochberg,
    "BY": benjamini_yekutieli,
}


def icc(readings: pd.DataFrame) -> Tree:
    """Compute intraclass correlations between readers and between sessions of the first reader."""
    names = [name for name in map(str, readings.columns) if name not in ("patient_id", "reader", "session")]
    by_reading = readings.set_index(["reader", "session", "patient_id"]).sort_index()[names]
    outlining = sorted(readings["reader"].unique())
    sessions = sorted(readings.loc[readings["reader"] == outlining[0], "session"].unique()) if outlining else []
    if min(len(outlining), len(sessions)) < 2:
        raise ValueError("agreement needs two readers, and two sessions of the first")
    (first, second), (early, late) = outlining[:2], sessions[:2]
    compared = {
        f"inter_{first}s{early}_vs_{second}s{early}": ((first, early), (second, early)),
        f"intra_{first}s{early}_vs_{first}s{late}": ((first, early), (first, late)),
    }
    pairs = {name: _paired(by_reading, *readings_of) for name, readings_of in compared.items()}
    agreements = {name: _agreement(values) for name, values in pairs.items()}
    tree: Tree = {
        feature: {name: {key: _at(values[key], index) for key in values} for name, values in agreements.items()}
        for index, feature in enumerate(names)
    }
    inter, intra = pairs.values()

    def selected(kept: np.ndarray) -> list[str]:
        return [name for name, chosen in zip(names, kept, strict=True) if chosen]

    return tree | {
        "selected_icc21_inter_gt_0.75": selected(icc21(inter) > GOOD),
        "selected_icc31_inter_gt_0.75": selected(icc31(inter) > GOOD),
        "selected_inter21_and_intra31_gt_0.75": selected((icc21(inter) > GOOD) & (icc31(intra) > GOOD)),
        "selected_inter21_lower_ci_gt_0.75": selected(icc21_interval(inter)[0] > GOOD),
    }


def features(table: pd.DataFrame) -> Tree:
    """Fit filters, scaling and LASSO on training patients, and score all patients."""
    names = [name for name in map(str, table.columns) if name not in ("patient_id", "set", "fold", "y")]
    train = table[table["set"] == "train"]
    values = train[names].to_numpy(dtype=np.float64)
    u, p = mann_whitney_by_feature(values, train["y"])
    chosen = [index for index in range(len(names)) if p[index] < SIGNIFICANT]
    adjusted = {name: correct(p) for name, correct in ADJUSTED.items()}
    return {
        "mann_whitney_train": {
            name: {"U_pos": explain_nan(u[index], CONSTANT), "p": explain_nan(p[index], CONSTANT)}
            for index, name in enumerate(names)
        },
        "p_adjusted": {method: _named(names, column) for method, column in adjusted.items()},
        "mwu_selected_p_lt_0.05": [names[index] for index in chosen],
        "mwu_selected_BH_lt_0.05": [names[index] for index in range(len(names)) if adjusted["BH"][index] < SIGNIFICANT],
        "correlation": _correlations(train),
        **{f"pruned_{method}_0.6": _pruned(values, names, p, chosen, method) for method in ("spearman", "pearson")},
        "zscore_train": {
            "mean": _named(names, values.mean(axis=0))
            if len(train)
            else undefined_fields(names, "no training patients"),
            "sd_population": _named(names, values.std(axis=0))
            if len(train)
            else undefined_fields(names, "no training patients"),
            "sd_sample": _named(names, values.std(axis=0, ddof=1))
            if len(train) > 1
            else undefined_fields(names, "fewer than two training patients"),
        },
        "lasso": _lasso(table, train, names),
    }


def _paired(by_reading: pd.DataFrame, reading: tuple[Any, Any], other_reading: tuple[Any, Any]) -> np.ndarray:
    first, second = by_reading.loc[reading], by_reading.loc[other_reading]
    both = first.index.intersection(second.index)
    return np.stack([first.loc[both].to_numpy(dtype=float), second.loc[both].to_numpy(dtype=float)], axis=1)


def _agreement(values: np.ndarray) -> dict[str, Any]:
    statistic, p = subject_test(values)
    return {
        "icc21": icc21(values),
        "icc21_ci": icc21_interval(values),
        "icc31": icc31(values),
        "icc31_ci": icc31_interval(values),
        "F": statistic,
        "p": p,
    }


def _at(value: Any, index: int) -> Any:
    if isinstance(value, tuple):
        return [explain_nan(float(side[index]), CONSTANT) for side in value]
    return explain_nan(float(value[index]), CONSTANT)


def _named(names: list[str], values: np.ndarray) -> Tree:
    return {name: explain_nan(float(value), CONSTANT) for name, value in zip(names, values, strict=True)}


def _correlations(train: pd.DataFrame) -> Tree:
    tree: Tree = {}
    for first, second in (pair for pair in PAIRS if {*pair} <= {*train.columns}):
        for method in ("spearman", "pearson"):
            pair = train[[first, second]].to_numpy(dtype=np.float64)
            varies = len(pair) > 1 and (pair != pair[:1]).any(axis=0).all()
            value = train[first].corr(train[second], method=method) if varies else Undefined(CONSTANT)
            tree[f"{method}_{first}_{second}"] = value
    return tree


def _pruned(values: np.ndarray, names: list[str], p: np.ndarray, chosen: list[int], method: Any) -> list[str]:
    if not chosen:
        return []
    kept = prune_by_p(values[:, chosen], [names[index] for index in chosen], p[chosen], CORRELATED, method)
    return [names[chosen[index]] for index in kept]


def _lasso(table: pd.DataFrame, train: pd.DataFrame, names: list[str]) -> Tree:
    values = train[names].to_numpy(dtype=np.float64)
    mean, spread = (values.mean(axis=0), values.std(axis=0)) if len(train) else (0.0, np.ones(len(names)))
    scale = np.where(spread > 0, spread, 1.0)
    z, y = (values - mean) / scale, train["y"].to_numpy()
    keys = [f"lambda_{penalty}" for penalty in PENALTIES]
    try:
        path = lasso_path(z, y, PENALTIES)
        tuned = lasso_path_cv(z, y, train["fold"].to_numpy(), lambdas=GRID)
    except (ValueError, ArithmeticError) as error:
        return _no_lasso(keys, str(error))
    score = (
        tuned.intercepts[tuned.index_min]
        + (table[names].to_numpy(dtype=np.float64) - mean) / scale @ (tuned.coefficients[tuned.index_min])
    )
    test = (table["set"] == "test").to_numpy()
    tree: Tree = {
        key: {
            "lambda": penalty,
            "sklearn_C": 1 / (len(train) * penalty),
            "intercept": path.intercepts[index],
            "coef": _nonzero(names, path.coefficients[index]),
        }
        for index, (key, penalty) in enumerate(zip(keys, PENALTIES, strict=True))
    }
    of_train = (table["set"] == "train").to_numpy()
    return tree | {
        "cv10": {
            "lambda_grid": GRID,
            "mean_deviance": tuned.deviance_mean,
            "se_deviance": tuned.deviance_se,
            "lambda_min": tuned.lambdas[tuned.index_min],
            "lambda_1se": tuned.lambdas[tuned.index_1se],
            "intercept_min": tuned.intercepts[tuned.index_min],
            "coef_min": _nonzero(names, tuned.coefficients[tuned.index_min]),
            "intercept_1se": tuned.intercepts[tuned.index_1se],
            "coef_1se": _nonzero(names, tuned.coefficients[tuned.index_1se]),
            "radiomics_score_first5_rows": score[:SHOWN],
            "auc_train": explain_nan(auc(table.loc[of_train, "y"], score[of_train]), "only one class"),
            "auc_test": explain_nan(auc(table.loc[test, "y"], score[test]), "only one class"),
        }
    }


def _no_lasso(keys: list[str], reason: str) -> Tree:
    cv = ("lambda_min", "lambda_1se", "intercept_min", "intercept_1se", "auc_train", "auc_test")
    lists = ("mean_deviance", "se_deviance", "radiomics_score_first5_rows")
    tree: Tree = {key: {"lambda": Undefined(reason), "intercept": Undefined(reason), "coef": {}} for key in keys}
    return tree | {
        "cv10": {"lambda_grid": GRID, "coef_min": {}, "coef_1se": {}} | undefined_fields((*cv, *lists), reason)
    }


def _nonzero(names: list[str], coefficients: np.ndarray) -> Tree:
    return {name: float(value) for name, value in zip(names, coefficients, strict=True) if value != 0}
