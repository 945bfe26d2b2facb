"""Follow-up of the primary model's risk groups: Kaplan-Meier, log-rank, Cox."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.cases import SCORE, Model, column, values_of
from sonomics.statistics.survival.cox import cox, univariable_cox
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.log_rank import log_rank

HIGH, LOW = "high", "low"
SCORE_TERM = "score per SD"

# Below five events a term, Cox coefficients are biased and their intervals cover too little (Vittinghoff E,
# McCulloch CE, Am J Epidemiol 2007).
EVENTS_PER_TERM = 5


def has_follow_up(cases: pd.DataFrame) -> bool:
    """Tell whether the cohort states `time` and `event`."""
    return {"time", "event"} <= set(cases.columns)


def followed_cases(cases: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Keep the cases with follow-up and a value of the model, whether their label is known or not."""
    known = cases["time"].notna() & cases["event"].notna() & ~np.isnan(values_of(cases, model.judged))
    return cases[known]


def risk_groups(cases: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Keep the cases with follow-up and a value of the model, and put them at high or low risk by the frozen cutoff.

    Returns
    -------
    DataFrame
        The cases with a column `group`; none when the cutoff was not estimable. A case whose label is unknown because
        it was censored early is in: its follow-up still counts.
    """
    followed = followed_cases(cases, model) if not np.isnan(model.cutoff) else cases.iloc[:0]
    return followed.assign(group=np.where(values_of(followed, model.judged) >= model.cutoff, HIGH, LOW))


def kaplan_meier_table(groups: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give the steps of the curves.

    Returns
    -------
    DataFrame
        `split, group, time, survival, lower, upper, at_risk, events, censored`; log-log bounds.
    """
    columns = ["time", "survival", "lower", "upper", "at_risk", "events", "censored"]
    tables = []
    for split, inside in groups.groupby("split", sort=False):
        for group, members in inside.groupby("group"):
            curve = kaplan_meier(members["time"], members["event"], level)
            steps = pd.DataFrame({name: getattr(curve, name) for name in columns})
            tables.append(steps.assign(split=split, group=group)[["split", "group", *columns]])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["split", "group", *columns])


def risk_group_table(groups: pd.DataFrame, splits: list[str], level: float) -> pd.DataFrame:
    """Compare high with low risk in every split.

    Returns
    -------
    DataFrame
        `split, n_high, events_high, n_low, events_low, hr, lower, upper, p_logrank, reason`; the hazard ratio is that
        of a Cox model with the group alone.
    """
    columns = "split n_high events_high n_low events_low hr lower upper p_logrank reason"
    rows = []
    for split in splits:
        inside = groups[groups["split"] == split]
        counts: dict[str, float | str] = {"split": split}
        for group in (HIGH, LOW):
            members = inside[inside["group"] == group]
            counts |= {f"n_{group}": len(members), f"events_{group}": int(members["event"].sum())}
        rows.append(counts | _compared(inside, level))
    return pd.DataFrame(rows, columns=columns.split())


def cox_table(cases: pd.DataFrame, model: Model, clinical: list[str], level: float) -> pd.DataFrame:
    """Fit Cox models of the score and the clinical variables, one at a time and together.

    The score is divided by its standard deviation over the training cases, so that a hazard ratio means the same in
    every split. A variable that is text is one term a category against the first in alphabetical order. Complete cases
    only.

    Returns
    -------
    DataFrame
        `split, analysis, term, hr, lower, upper, p, n, events, incomplete, reason`, analysis being "univariable" or
        "multivariable"; incomplete counts the cases left out for a missing value.
    """
    followed = cases[cases["time"].notna() & cases["event"].notna()]
    terms = cox_terms(cases, model, clinical).loc[followed.index]
    tables = []
    for split, inside in followed.groupby("split", sort=False):
        tables += [table.assign(split=split) for table in _fits(inside, terms.loc[inside.index], level)]
    columns = "split analysis term hr lower upper p n events incomplete reason"
    return pd.concat(tables, ignore_index=True)[columns.split()] if tables else pd.DataFrame(columns=columns.split())


def cox_terms(cases: pd.DataFrame, model: Model, clinical: list[str]) -> pd.DataFrame:
    """Code the score, in SD of the training cases, and the clinical variables as the terms of the Cox models.

    Returns
    -------
    DataFrame, shape (cases, terms)
        float64, NaN where missing; the score NaN throughout when it does not vary in training.
    """
    score = column(model.name, SCORE) if column(model.name, SCORE) in cases else model.judged
    training = values_of(cases[cases["split"] == TRAIN], score)
    spread = np.nanstd(training, ddof=1) if np.isfinite(training).sum() > 1 else np.nan
    terms = design(cases, clinical)
    terms.insert(0, SCORE_TERM, values_of(cases, score) / spread if spread > 0 else np.nan)
    return terms


def design(cases: pd.DataFrame, clinical: list[str]) -> pd.DataFrame:
    """Code clinical variables as numbers: those that are text as one 0/1 term a category but the first.

    Returns
    -------
    DataFrame, shape (cases, terms)
        float64, NaN where the variable is missing.
    """
    terms = {}
    for name in clinical:
        values = cases[name]
        if pd.api.types.is_numeric_dtype(values):
            terms[name] = values.astype(float)
            continue
        known = sorted(values.dropna().unique())
        for category in known[1:]:
            terms[f"{name}: {category} vs {known[0]}"] = (values == category).astype(float).where(values.notna())
    return pd.DataFrame(terms, index=cases.index)


def _fits(inside: pd.DataFrame, terms: pd.DataFrame, level: float) -> Iterator[pd.DataFrame]:
    for name in terms:
        present = terms[name].notna()
        followed = inside[present]
        if followed.empty:
            yield _not_estimable([str(name)], "univariable", "no case with a value", followed, inside)
            continue
        fit = univariable_cox(followed["time"], followed["event"], terms.loc[present, [name]], level)
        yield _named(fit, "univariable", len(inside) - len(followed))
    complete = terms.notna().all(axis=1)
    followed = inside[complete]
    events = int(followed["event"].sum())
    if events < EVENTS_PER_TERM * len(terms.columns):
        reason = f"{events} events for {len(terms.columns)} terms, fewer than {EVENTS_PER_TERM} a term"
        yield _not_estimable([str(name) for name in terms], "multivariable", reason, followed, inside)
    else:
        fit = cox(followed["time"], followed["event"], terms[complete], level)
        yield _named(fit, "multivariable", len(inside) - len(followed))


def _named(fit: pd.DataFrame, analysis: str, incomplete: int) -> pd.DataFrame:
    return fit.rename_axis("term").reset_index().assign(analysis=analysis, incomplete=incomplete)


def _not_estimable(
    terms: list[str], analysis: str, reason: str, followed: pd.DataFrame, inside: pd.DataFrame
) -> pd.DataFrame:
    table = pd.DataFrame(np.nan, index=terms, columns=["hr", "lower", "upper", "p"])
    table = table.assign(n=len(followed), events=int(followed["event"].sum()), reason=reason)
    return _named(table, analysis, len(inside) - len(followed))


def _compared(inside: pd.DataFrame, level: float) -> dict[str, float | str]:
    if inside["group"].nunique() < 2:
        return {"reason": "no two risk groups"}
    high = (inside["group"] == HIGH).astype(float).to_frame(HIGH)
    ratio = cox(inside["time"], inside["event"], high, level).iloc[0]
    test = log_rank(inside["time"], inside["event"], inside["group"]).test
    result = {name: float(ratio[name]) for name in ("hr", "lower", "upper")}
    return {**result, "p_logrank": test.p, "reason": ratio["reason"] or test.reason}
