"""Table 1 by outcome, and the performance of a model in strata."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.comparison.description import describe_number
from sonomics.statistics.comparison.effect_sizes import (
    OddsRatio,
    odds_interaction,
    odds_ratio,
    sample_odds_ratio,
    standardised_difference,
)
from sonomics.statistics.comparison.group_tests import (
    chi_square,
    fisher,
    mann_whitney_u,
    mann_whitney_u_uncorrected,
    shapiro_wilk,
    student_t,
    welch_t,
    yates_chi_square,
)
from sonomics.statistics.discrimination.auc_comparison import unpaired_delong_test
from sonomics.verify.discrimination import auc_fields, list_models
from sonomics.verify.tree import Tree, explain_nan, pick_fields

STRATUM = "menopause"
HIGH = 0.5


def table1_by_y(patients: pd.DataFrame) -> Tree:
    """Describe and compare every clinical variable by outcome, complete cases of each."""
    clinical = [
        name for name in map(str, patients.columns) if name not in ("patient_id", "set", "y", *list_models(patients))
    ]
    return {
        name: (_number if _is_number(patients[name]) else _category)(patients[name], patients["y"]) for name in clinical
    }


def subgroups_binary(patients: pd.DataFrame) -> Tree:
    """Compute AUC and odds ratio of the second model by menopause."""
    model = list_models(patients)[1]
    strata = {f"{STRATUM}_{level}": patients[patients[STRATUM] == level] for level in (0, 1)}
    tree: Tree = {
        name: {"n": len(rows), "n_pos": int(rows["y"].sum())} | auc_fields(rows["y"], rows[model])
        for name, rows in strata.items()
    }
    at_zero, at_one = strata.values()
    difference = unpaired_delong_test(at_zero["y"], at_zero[model], at_one["y"], at_one[model])
    tree["auc_difference"] = pick_fields(difference, {"diff_0_minus_1": "difference", "z": "z", "p_normal": "p"})
    high = (patients[model] >= HIGH).astype(float)
    known = patients[STRATUM].isin([0, 1])
    interaction = odds_interaction(patients.loc[known, "y"], high[known], patients.loc[known, STRATUM])
    tree[f"or_{model}_ge_{HIGH}"] = {
        "overall": _odds(odds_ratio(patients["y"], high)),
        **{name: _odds(odds_ratio(rows["y"], high[rows.index])) for name, rows in strata.items()},
        **pick_fields(interaction.likelihood_ratio, {"interaction_lrt_chi2": "statistic", "interaction_lrt_p": "p"}),
        **pick_fields(interaction.ratio, {"interaction_wald_z": "z", "interaction_wald_p": "p"}),
    }
    return tree


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and column.nunique() > 2


def _number(column: pd.Series, y: pd.Series) -> Tree:
    groups = [column[y == value].to_numpy(dtype=np.float64) for value in (0, 1)]
    student, welch = student_t(*groups), welch_t(*groups)
    return {
        **{f"group{value}": _described(group) for value, group in enumerate(groups)},
        "n_missing": int(column.isna().sum()),
        **pick_fields(student, {"student_t": "statistic", "student_p": "p"}),
        **pick_fields(welch, {"welch_t": "statistic", "welch_df": "df", "welch_p": "p"}),
        **pick_fields(mann_whitney_u(*groups), {"mwu_U_group0": "statistic", "mwu_p_cc": "p"}),
        **pick_fields(mann_whitney_u_uncorrected(*groups), {"mwu_p_nocc": "p"}),
        **{
            name: value
            for number, group in enumerate(groups)
            for name, value in pick_fields(shapiro_wilk(group), {f"shapiro_p_group{number}": "p"}).items()
        },
        "smd_pooled": explain_nan(standardised_difference(*groups), "too few values or no spread"),
    }


def _described(values: np.ndarray) -> Tree:
    summary = describe_number(values)
    names = ("n", "mean", "sd", "median", "q1", "q3")
    return {name: explain_nan(getattr(summary, name), "too few known values") for name in names}


def _category(column: pd.Series, y: pd.Series) -> Tree:
    known = column.notna()
    levels = sorted(column[known].unique(), key=lambda level: (isinstance(level, str), level))
    counts = np.array([[int(((column == level) & (y == value)).sum()) for value in (0, 1)] for level in levels])
    counts = counts.reshape(-1, 2)
    plain = chi_square(counts)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(1, counts.sum())
    tree = {
        "levels": [_name(level) for level in levels],
        "counts": counts,
        "min_expected": float(expected.min()) if expected.size else explain_nan(float("nan"), "no cases"),
        **pick_fields(plain, {"chi2_nocc": "statistic", "df": "df", "p_nocc": "p"}),
        **pick_fields(fisher(counts), {"fisher_p": "p"}),
    }
    if len(levels) != 2:
        return tree
    return tree | {
        **pick_fields(yates_chi_square(counts), {"chi2_yates": "statistic", "p_yates": "p"}),
        "odds_ratio_sample": explain_nan(sample_odds_ratio(counts), "0/0"),
    }


def _name(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float | np.floating) else str(level)


def _odds(ratio: OddsRatio) -> Tree:
    names = {"log_or": "log_odds", "se": "se", "or": "ratio", "ci_wald": ("lower", "upper"), "p_wald": "p"}
    return pick_fields(ratio, names)
