"""The hazard ratio of high against low risk in every subgroup, with the test of the interaction."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from sonomics.evaluate.robustness.subgroups import (
    UNKNOWN,
    Row,
    adjust_interactions,
    assign_subgroups_of,
    interaction_columns,
    sort_levels,
    variables_of,
)
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.survival.risk_groups import HIGH, cases_at_risk
from sonomics.evaluate.tables.columns import Tables
from sonomics.statistics.comparison.subgroups import hazard_ratio_by_subgroup
from sonomics.statistics.estimates import SignificanceTest
from sonomics.statistics.survival.cox_tests import cox_model_tests

METHOD = "Cox, Wald; interaction: likelihood ratio"
COLUMNS = "split variable level n events estimate lower upper p p_interaction p_holm df method reason"


def hazard_tables(context: Context) -> Tables:
    """Make the table of hazard ratios by subgroup."""
    settings = context.settings
    at_risk = cases_at_risk(context.samples)
    table = hazard_table(at_risk, assign_subgroups_of(context), settings.level, settings.fewest)
    return {"hazard_subgroups": table}


def hazard_table(at_risk: Sequence[Scored], subgroups: pd.DataFrame, level: float, fewest: int) -> pd.DataFrame:
    """Compute the hazard ratio of high against low risk in every level of every variable.

    Parameters
    ----------
    at_risk : sequence of Scored
        From `cases_at_risk`.
    subgroups : DataFrame
        From `assign_subgroups`.
    level : float
        Confidence level.
    fewest : int
        Events that a level needs.

    Returns
    -------
    DataFrame
        `split, variable, level, n, events, estimate, lower, upper, p, p_interaction, p_holm, df, method, reason`; the
        interaction is the likelihood ratio of the Cox model with risk group, variable and their product against the
        one without the product, over the levels that have an estimate.
    """
    rows: list[Row] = []
    for sample in at_risk:
        if not sample.n:
            continue
        for variable, column in variables_of(subgroups, sample):
            levels = column.to_numpy(dtype=object)
            ratios = hazard_ratio_by_subgroup(sample.time, sample.event, sample.called, levels, fewest, level)
            table = sort_levels(ratios, column).rename(columns={"hr": "estimate"})
            table = table.assign(level=table["level"].fillna(UNKNOWN))
            test = _test_interaction(sample, column.astype(object).fillna(UNKNOWN), table)
            shared: Row = {"split": sample.split, "variable": variable, "method": METHOD}
            shared |= interaction_columns(test, variable, len(table))
            rows += [{**shared, **row} for row in table.to_dict("records")]
    return adjust_interactions(pd.DataFrame(rows, columns=COLUMNS.split()))


def _test_interaction(sample: Scored, column: pd.Series, table: pd.DataFrame) -> SignificanceTest:
    """Test the products of risk group and level by the likelihood ratio, over the levels with a hazard ratio."""
    estimated = table[table["estimate"].notna() & (table["level"] != UNKNOWN)]["level"].tolist()
    if len(estimated) < 2:
        return SignificanceTest(np.nan, np.nan, np.nan, "fewer than two levels with an estimate")
    used = column.isin(estimated).to_numpy()
    levels = {name: (column[used] == name).to_numpy(dtype=float) for name in estimated[1:]}
    terms = pd.DataFrame({HIGH: sample.called[used].astype(float), **levels})
    products = {f"{HIGH} x {name}": terms[HIGH] * values for name, values in levels.items()}
    time, event = sample.time[used], sample.event[used]
    without = cox_model_tests(time, event, terms)
    both = cox_model_tests(time, event, terms.assign(**products))
    if without.reason or both.reason:
        return SignificanceTest(np.nan, np.nan, np.nan, without.reason or both.reason)
    statistic = max(0.0, 2 * (both.fitted - without.fitted))
    return SignificanceTest(statistic, float(len(products)), float(chdtrc(len(products), statistic)))
