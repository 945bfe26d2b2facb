"""All tables of one task, made from the cases beside their labels and scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sonomics.evaluate.accuracy.comparisons import between_splits, comparison_table
from sonomics.evaluate.accuracy.curves import calibration_table, decision_table, roc_table
from sonomics.evaluate.accuracy.operating_points import operating_table
from sonomics.evaluate.accuracy.performance import performance
from sonomics.evaluate.accuracy.recalibration import recalibration_table
from sonomics.evaluate.accuracy.reclassification import reclassification_table
from sonomics.evaluate.cases import Model, count_splits
from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.cohort.missing import missing_table
from sonomics.evaluate.cohort.power import power_table
from sonomics.evaluate.entries import Sampling
from sonomics.evaluate.robustness.subgroups import device_of_cases, grouped, hazard_table, subgroup_table
from sonomics.evaluate.robustness.variants import sensitivity_table
from sonomics.evaluate.survival.follow_up import cutpoint_table, follow_up_table, proportional_table
from sonomics.evaluate.survival.performance import survival_decision_table, survival_table
from sonomics.evaluate.survival.risk_groups import (
    cox_table,
    cox_terms,
    has_follow_up,
    kaplan_meier_table,
    risk_group_table,
    risk_groups,
)
from sonomics.evaluate.survival.treatment import treated_cases, treatment_curves, treatment_table
from sonomics.statistics.comparison.subgroups import FEWEST

SENSITIVITIES = (0.9, 0.95)

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Beside:
    """What stands beside the cases of a task.

    Attributes
    ----------
    clinical : list of str
        Clinical columns of the cases.
    horizon : float
        Months of the task's own rule; NaN when its label is a column.
    parameters : int
        What the primary model's last step fits.
    images : DataFrame
        Schema SCREENED: whose scanner made what.
    variants : dict of str to DataFrame
        The primary model's predictions in other variants.
    """

    clinical: list[str]
    horizon: float
    parameters: int
    images: pd.DataFrame
    variants: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def evaluate(
    cases: pd.DataFrame, models: list[Model], beside: Beside, settings: Mapping[str, Any], seed: int
) -> Tables:
    """Make all tables of one task.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    models : list of Model
        The primary one first.
    beside : Beside
    settings : mapping
        The `evaluate` section of params.
    seed : int
        Of the study.

    Returns
    -------
    dict of str to DataFrame
        Table name (the CSV's) to table. Those on follow-up are there when the cohort has `time` and `event`, the one on
        treatment when params name it, the one on sensitivity when the study has other variants.
    """
    primary, *others = models
    level, thresholds = settings["level"], settings["decision_thresholds"]
    sampling = Sampling(level, settings["bootstrap"], seed)
    comparison = comparison_table(cases, primary, others, sampling)
    groups = grouped(cases, device_of_cases(beside.images), settings.get("subgroups", {}))
    fewest = settings.get("fewest", FEWEST)
    tables = {
        "splits": count_splits(cases, primary),
        "baseline": baseline_table(cases, primary, beside.clinical),
        "missing": missing_table(cases, primary, beside.clinical),
        "performance": performance(cases, models, sampling),
        "operating": operating_table(cases, models, settings.get("sensitivities", SENSITIVITIES), level),
        "roc": roc_table(cases, models),
        "calibration": calibration_table(cases, models, level),
        "recalibration": recalibration_table(cases, models, level, seed),
        "decision": decision_table(cases, models, thresholds, sampling),
        "comparison": comparison,
        "between_splits": between_splits(cases, models, level),
        "reclassification": reclassification_table(cases, primary, others, level),
        "subgroups": subgroup_table(cases, groups, primary, level, fewest),
        "power": power_table(cases, primary, comparison, settings, beside.parameters),
    }
    if beside.variants:
        tables["sensitivity"] = sensitivity_table(cases, primary, beside.variants, sampling)
    if has_follow_up(cases):
        splits = list(tables["splits"]["split"])
        tables |= _followed(cases, models, groups, splits, beside, settings, sampling)
    return tables


def horizons_of(settings: Mapping[str, Any], own: float, times: pd.Series) -> list[float]:
    """List the horizons in months: those stated, else the task's own, else the median follow-up in whole months."""
    if stated := settings.get("horizons"):
        return sorted(map(float, stated))
    if own == own:
        return [float(own)]
    return [float(round(times.median()))] if times.notna().any() and times.median() >= 1 else []


def _followed(
    cases: pd.DataFrame,
    models: Sequence[Model],
    groups: pd.DataFrame,
    splits: list[str],
    beside: Beside,
    settings: Mapping[str, Any],
    sampling: Sampling,
) -> Tables:
    primary, level, fewest = models[0], settings["level"], settings.get("fewest", FEWEST)
    horizons = horizons_of(settings, beside.horizon, cases["time"])
    at_risk = risk_groups(cases, primary)
    known = cases[cases["time"].notna() & cases["event"].notna()]
    tables = {
        "kaplan_meier": kaplan_meier_table(at_risk, level),
        "risk_groups": risk_group_table(at_risk, splits, level),
        "follow_up": follow_up_table(at_risk, splits, horizons, level),
        "cox": cox_table(cases, primary, beside.clinical, level),
        "proportional_hazards": proportional_table(known, cox_terms(cases, primary, beside.clinical)),
        "cutpoint": cutpoint_table(cases, primary),
        "survival": survival_table(cases, models, horizons, sampling),
        "survival_decision": survival_decision_table(cases, primary, horizons, settings["decision_thresholds"]),
        "hazard_subgroups": hazard_table(at_risk, groups, level, fewest),
    }
    if name := settings.get("treatment"):
        treated = treated_cases(at_risk, name)
        tables["treatment"] = treatment_table(treated, splits, level, fewest)
        tables["treatment_curves"] = treatment_curves(treated, level)
    return tables
