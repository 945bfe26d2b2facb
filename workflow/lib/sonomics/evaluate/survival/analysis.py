"""The tables of the time to the event."""

import pandas as pd

from sonomics.core.settings.evaluate import Evaluate
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.survival.cox_models import cox_table, proportional_table
from sonomics.evaluate.survival.cutpoint import cutpoint_table
from sonomics.evaluate.survival.follow_up import follow_up_table
from sonomics.evaluate.survival.performance import survival_decision_table, survival_table
from sonomics.evaluate.survival.risk_groups import cases_at_risk, kaplan_meier_table, risk_group_table
from sonomics.evaluate.tables.columns import Tables


def survival_tables(context: Context) -> Tables:
    """Make all tables of the time to the event, of cases with `time` and `event`."""
    samples, settings, level = context.samples, context.settings, context.settings.level
    horizons = choose_horizons(settings, context.horizon, samples.cases["time"])
    at_risk = cases_at_risk(samples)
    return {
        "kaplan_meier": kaplan_meier_table(at_risk, level),
        "risk_groups": risk_group_table(at_risk, level),
        "follow_up": follow_up_table(at_risk, horizons, level),
        "cox": cox_table(samples, context.clinical, level),
        "proportional_hazards": proportional_table(samples, context.clinical),
        "cutpoint": cutpoint_table(samples),
        "survival": survival_table(samples, horizons, context.sampling),
        "survival_decision": survival_decision_table(samples, horizons, settings.decision_thresholds),
    }


def choose_horizons(settings: Evaluate, of_task: float, times: pd.Series) -> list[float]:
    """Choose the horizons in months: those of the settings, else the task's own, else the median follow-up.

    Parameters
    ----------
    settings : Evaluate
    of_task : float
        The horizon of the task's own rule; NaN when its label is a column.
    times : Series of float
        Follow-up of all cases in months; the median is rounded to whole months.
    """
    if settings.horizons:
        return sorted(map(float, settings.horizons))
    if not pd.isna(of_task):
        return [float(of_task)]
    return [float(round(times.median()))] if times.notna().any() and times.median() >= 1 else []
