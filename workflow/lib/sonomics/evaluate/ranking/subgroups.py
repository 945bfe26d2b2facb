"""The primary model's mean AUC, or concordance, in every subgroup, with the test of the interaction."""

import pandas as pd

from sonomics.evaluate.ranking.rankings import Ranking
from sonomics.evaluate.robustness.subgroups import (
    COLUMNS,
    UNKNOWN,
    Row,
    adjust_interactions,
    interaction_columns,
    sort_levels,
    variables_of,
)
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.statistics.comparison.subgroups import TOO_FEW, auc_heterogeneity
from sonomics.statistics.estimates import not_estimable


def rank_subgroups(samples: Samples, subgroups: pd.DataFrame, ranking: Ranking, fewest: int) -> pd.DataFrame:
    """Estimate how well the primary model ranks the cases of every level of every variable.

    Parameters
    ----------
    samples : Samples
    subgroups : DataFrame
        From `assign_subgroups`.
    ranking : Ranking
    fewest : int
        What a level needs: of several classes, cases of each that the set has, so that the mean is over the same
        classes in all levels; of survival, events.

    Returns
    -------
    DataFrame
        The columns of `robustness.subgroup_table`, with events for positives (NaN of several classes). The interaction
        is Cochran's Q over the levels that have an estimate and a standard error.
    """
    rows: list[Row] = []
    for sample in samples.primary_samples:
        whole = ranking.judge(sample)
        for variable, column in variables_of(subgroups, whole):
            table = sort_levels(_estimate_levels(whole, column, str(variable), ranking, fewest), column)
            test = auc_heterogeneity(table.rename(columns={"estimate": "auc"}))
            shared: Row = {"split": sample.split, "variable": variable, "method": ranking.name_method(whole)}
            shared |= interaction_columns(test, variable, len(table))
            named = table.assign(level=table["level"].fillna(UNKNOWN)).drop(columns="se")
            rows += [{**shared, **row} for row in named.to_dict("records")]
    return adjust_interactions(pd.DataFrame(rows, columns=COLUMNS.split()))


def _estimate_levels(whole: Scored, column: pd.Series, variable: str, ranking: Ranking, fewest: int) -> pd.DataFrame:
    names: list[str | None] = [*sorted(map(str, column.dropna().unique())), *([None] if column.isna().any() else [])]
    rows = []
    for name in names:
        members = whole.where((column.isna() if name is None else column.astype(str) == name).to_numpy(dtype=bool))
        enough = ranking.fewest_of(members, whole) >= fewest
        result = ranking.estimate(members, f"{variable}={name}") if enough else not_estimable(TOO_FEW)
        counts = {"level": name, "n": members.n, "positives": ranking.count(members)}
        bounds = {"estimate": result.estimate, "lower": result.lower, "upper": result.upper, "se": result.se}
        rows.append({**counts, **bounds, "reason": result.reason})
    return pd.DataFrame(rows, columns=["level", "n", "positives", "estimate", "lower", "upper", "se", "reason"])
