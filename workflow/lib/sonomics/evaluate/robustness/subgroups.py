"""Does the primary model do as well, and mean as much, in every subgroup? AUC and hazard ratio with interaction."""

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from sonomics.core.errors import StudyError
from sonomics.core.schemas import TRAIN
from sonomics.evaluate.accuracy.comparisons import adjusted
from sonomics.evaluate.cases import Model, analysed, values_of
from sonomics.evaluate.survival.risk_groups import HIGH
from sonomics.statistics.comparison.subgroups import (
    FEWEST,
    auc_by_subgroup,
    auc_heterogeneity,
    hazard_ratio_by_subgroup,
)
from sonomics.statistics.discrimination.clustered_auc import clustered_auc
from sonomics.statistics.estimates import SignificanceTest
from sonomics.statistics.survival.cox_tests import model_tests

CENTRE, DEVICE = "centre", "device"
LEVELS, MEDIAN = "levels", "median"
UNKNOWN = "unknown"
OVERALL = "all"
COLUMNS = "split variable level n positives estimate lower upper p_interaction p_holm df method reason"
HAZARD = "split variable level n events estimate lower upper p p_interaction p_holm df method reason"


def grouped(cases: pd.DataFrame, devices: pd.Series, how: Mapping[str, Any]) -> pd.DataFrame:
    """Name the subgroup of every case.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    devices : Series of str, indexed by case
        From `device_of_cases`.
    how : mapping of str to ("levels", "median" or list of float)
        Column to how it is cut: as its own levels, at the median of training, or at stated points.

    Returns
    -------
    DataFrame
        One column a variable, centre and device first; text, None where unknown. In the order of `cases`.

    Raises
    ------
    StudyError
        When a column to be cut is not numeric.
    """
    variables = {CENTRE: cases["centre"], DEVICE: cases["case"].map(devices)}
    for name, cut in how.items():
        values = cases[name]
        if cut == LEVELS:
            variables[name] = values.map(_text, na_action="ignore")
            continue
        if not pd.api.types.is_numeric_dtype(values):
            where = f"params.yaml, evaluate.subgroups.{name}"
            raise StudyError(where, "the column is text and cannot be cut", f"write `{name}: {LEVELS}`")
        points = [float(values[cases["split"] == TRAIN].median())] if cut == MEDIAN else sorted(map(float, cut))
        variables[name] = _cut(values.astype(float), [point for point in points if not np.isnan(point)])
    return pd.DataFrame(variables)


def device_of_cases(images: pd.DataFrame) -> pd.Series:
    """Name the scanner of every case from its kept images; "several" where there are more than one.

    Parameters
    ----------
    images : DataFrame
        With `case, device, keep`.

    Returns
    -------
    Series of str, indexed by case
        Without cases whose scanner is not stated.
    """
    kept = images[images["keep"] & (images["device"] != "")]
    names = kept.groupby("case")["device"].unique()
    return names.map(lambda found: found[0] if len(found) == 1 else "several")


def subgroup_table(
    cases: pd.DataFrame, groups: pd.DataFrame, primary: Model, level: float, fewest: int = FEWEST
) -> pd.DataFrame:
    """Give the primary model's AUC in every level of every variable.

    Returns
    -------
    DataFrame
        `split, variable, level, n, positives, estimate, lower, upper, p_interaction, p_holm, df, method, reason`.
        DeLong's interval; where a patient has several cases Obuchowski's. "too few" below `fewest` positives or
        negatives. `p_interaction` (Cochran's Q over the levels that have an estimate) is that of the variable, the same
        in all its levels; `p_holm` adjusts it for the number of variables in the split. First comes the whole split as
        the variable and level "all".
    """
    rows: list[dict[Hashable, object]] = []
    for split, inside in cases.groupby("split", sort=False):
        used = analysed(inside, primary.judged)
        for variable, column in _variables(groups, used):
            table, test, method = _areas(used, column, primary, level, fewest)
            shown: dict[Hashable, object] = {"split": split, "variable": variable, "method": method}
            rows += [{**shown, **row, **_interaction(test, variable, len(table))} for row in table.to_dict("records")]
    return _adjusted(pd.DataFrame(rows, columns=COLUMNS.split()))


def hazard_table(followed: pd.DataFrame, groups: pd.DataFrame, level: float, fewest: int = FEWEST) -> pd.DataFrame:
    """Give the hazard ratio of high against low risk in every level of every variable.

    Parameters
    ----------
    followed : DataFrame
        From `risk_groups`.
    groups : DataFrame
        From `grouped`; of the rows of `followed` and perhaps more.
    level : float
    fewest : int
        Events that a level needs.

    Returns
    -------
    DataFrame
        `split, variable, level, n, events, estimate, lower, upper, p, p_interaction, p_holm, df, method, reason`;
        the
        interaction is the likelihood ratio of the Cox model with risk group, variable and their product against the
        one without the product, over the levels that have an estimate.
    """
    rows: list[dict[Hashable, object]] = []
    for split, inside in followed.groupby("split", sort=False):
        high = (inside["group"] == HIGH).to_numpy()
        time, event = inside["time"].to_numpy(), inside["event"].to_numpy()
        for variable, column in _variables(groups, inside):
            found = hazard_ratio_by_subgroup(time, event, high, column.to_numpy(dtype=object), fewest, level)
            table = _in_order(found, column)
            table = table.rename(columns={"hr": "estimate"}).assign(level=table["level"].fillna(UNKNOWN))
            test = _hazard_interaction(time, event, high, column.astype(object).fillna(UNKNOWN), table)
            shown: dict[Hashable, object] = {
                "split": split,
                "variable": variable,
                "method": "Cox, Wald; interaction: likelihood ratio",
            }
            rows += [{**shown, **row, **_interaction(test, variable, len(table))} for row in table.to_dict("records")]
    return _adjusted(pd.DataFrame(rows, columns=HAZARD.split()))


def _variables(groups: pd.DataFrame, inside: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """List the subgroups of some cases by variable, the whole first."""
    own = groups.loc[inside.index]
    return [(OVERALL, pd.Series(OVERALL, index=inside.index)), *((str(name), own[name]) for name in own)]


def _areas(
    used: pd.DataFrame, column: pd.Series, primary: Model, level: float, fewest: int
) -> tuple[pd.DataFrame, SignificanceTest, str]:
    y, value = used["label"].to_numpy(), values_of(used, primary.judged)
    table = _in_order(auc_by_subgroup(y, value, column.to_numpy(dtype=object), fewest, level), column)
    method = "DeLong"
    if not used["patient"].is_unique:
        method = "Obuchowski, clustered by patient"
        table = pd.DataFrame([_clustered(row, used, column, value, level) for row in table.to_dict("records")])
    test = auc_heterogeneity(table)
    named = table.rename(columns={"events": "positives", "auc": "estimate"})
    return named.assign(level=named["level"].fillna(UNKNOWN)).drop(columns="se"), test, method


def _in_order(table: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    """Sort the levels of a number that was cut by size; those of other variables stand as text sorts them."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return table
    names = [*column.cat.categories, None]
    return table.sort_values("level", key=lambda levels: levels.map(names.index), ignore_index=True)


def _clustered(
    row: dict[Any, Any], used: pd.DataFrame, column: pd.Series, value: np.ndarray, level: float
) -> dict[Any, Any]:
    """Put Obuchowski's interval in the place of DeLong's, where there is one."""
    if row["reason"]:
        return row
    members = (column.isna() if row["level"] is None else column == row["level"]).to_numpy()
    inside = used[members]
    area = clustered_auc(inside["label"], value[members], inside["patient"], level).area
    return {**row, "lower": area.lower, "upper": area.upper, "se": area.se, "reason": area.reason}


def _hazard_interaction(
    time: np.ndarray, event: np.ndarray, high: np.ndarray, column: pd.Series, table: pd.DataFrame
) -> SignificanceTest:
    """Likelihood ratio of the products of risk group and level, over the levels that have a hazard ratio."""
    named = table[table["estimate"].notna() & (table["level"] != UNKNOWN)]["level"].tolist()
    if len(named) < 2:
        return SignificanceTest(np.nan, np.nan, np.nan, "fewer than two levels with an estimate")
    inside = column.isin(named).to_numpy()
    levels = {name: (column[inside] == name).to_numpy(dtype=float) for name in named[1:]}
    plain = pd.DataFrame({HIGH: high[inside].astype(float), **levels})
    products = {f"{HIGH} x {name}": plain[HIGH] * values for name, values in levels.items()}
    times, events = time[inside], event[inside]
    without = model_tests(times, events, plain)
    both = model_tests(times, events, plain.assign(**products))
    if without.reason or both.reason:
        return SignificanceTest(np.nan, np.nan, np.nan, without.reason or both.reason)
    statistic = max(0.0, 2 * (both.fitted - without.fitted))
    return SignificanceTest(statistic, float(len(products)), float(chdtrc(len(products), statistic)))


def _interaction(test: SignificanceTest, variable: str, levels: int) -> dict[Hashable, object]:
    if variable == OVERALL or levels < 2:
        return {"p_interaction": np.nan, "df": np.nan}
    return {"p_interaction": test.p, "df": test.df}


def _adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Adjust the P of the interactions for the number of variables in a split."""
    each = table.drop_duplicates(["split", "variable"])
    by_variable = each.assign(p_holm=adjusted(each, "p_interaction", "split")).set_index(["split", "variable"])
    keys = pd.MultiIndex.from_frame(table[["split", "variable"]])
    return table.assign(p_holm=by_variable["p_holm"].reindex(keys).to_numpy())


def _cut(values: pd.Series, points: list[float]) -> pd.Series:
    """Name the interval of every number: below, from ... to below, from the last point on."""
    if not points:
        return pd.Series(np.nan, index=values.index, dtype=object)  # nothing known in training, so no median
    names = [f"< {points[0]:g}"]
    names += [f"{low:g} to < {high:g}" for low, high in pairwise(points)]
    names.append(f"\u2265 {points[-1]:g}")
    place = np.searchsorted(points, values.to_numpy(), side="right")
    named = pd.Series([names[rank] for rank in place], index=values.index).where(values.notna())
    return named.astype(pd.CategoricalDtype(names, ordered=True))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
