"""Cox models of the score and the clinical variables, and the test of proportional hazards."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.tables.columns import concatenate
from sonomics.evaluate.tables.entries import NAN
from sonomics.statistics.estimates import Booleans
from sonomics.statistics.survival.cox import fit_cox, fit_univariable_cox
from sonomics.statistics.survival.proportional_hazards import proportional_hazards_test

SCORE_TERM = "score per SD"
# Below five events per term, Cox coefficients are biased and their intervals cover too little (Vittinghoff E,
# McCulloch CE, Am J Epidemiol 2007).
EVENTS_PER_TERM = 5
COX = "split analysis term hr lower upper p n events incomplete reason"
PROPORTIONAL = "split term chi2 df p n events method reason"
SCORE_TEST = "score test, Kaplan-Meier scale of time (Grambsch and Therneau 1994)"


def cox_table(samples: Samples, clinical: Sequence[str], level: float) -> pd.DataFrame:
    """Fit Cox models of the primary model's score and the clinical variables, one at a time and together.

    The score is divided by its standard deviation over the training cases, so that a hazard ratio means the same in
    every split. A variable that is text is one term per category against the first in alphabetical order. Complete
    cases only.

    Returns
    -------
    DataFrame
        `split, analysis, term, hr, lower, upper, p, n, events, incomplete, reason`, analysis being "univariable" or
        "multivariable"; incomplete counts the cases left out for a missing value.
    """
    tables = []
    for split, rows, terms in _followed_terms(samples, clinical):
        tables += [table.assign(split=split) for table in _fit_models(rows, terms, level)]
    return concatenate(tables, COX.split())


def proportional_table(samples: Samples, clinical: Sequence[str]) -> pd.DataFrame:
    """Test for every term of the multivariable Cox model whether its hazard ratio changes with time.

    Returns
    -------
    DataFrame
        `split, term, chi2, df, p, n, events, method, reason`; the term GLOBAL tests all together. A small P speaks
        against proportional hazards; a large one does not prove them. Incomplete cases are left out.
    """
    tables = []
    for split, rows, terms in _followed_terms(samples, clinical):
        complete = terms.notna().all(axis=1)
        used, used_terms = rows[complete], terms[complete]
        events = int(used["event"].sum())
        if events:
            table = proportional_hazards_test(used["time"], used["event"], used_terms).rename_axis("term").reset_index()
        else:
            table = pd.DataFrame({"term": [*terms.columns, "GLOBAL"]})
            table = table.assign(chi2=NAN, df=NAN, p=NAN, reason="no event")
        table = table.assign(split=split, n=len(used), events=events, method=SCORE_TEST)
        tables.append(table[PROPORTIONAL.split()])
    return concatenate(tables, PROPORTIONAL.split())


def cox_terms(samples: Samples, clinical: Sequence[str]) -> pd.DataFrame:
    """Code the primary model's score, in SD of the training cases, and the clinical variables as terms.

    Returns
    -------
    DataFrame, shape (cases, terms)
        float64, NaN where missing; the score NaN throughout when it does not vary in training.
    """
    training = samples.training(samples.primary).score
    spread = np.nanstd(training, ddof=1) if np.isfinite(training).sum() > 1 else np.nan
    scores = pd.concat([pd.Series(sample.score, index=sample.rows.index) for sample in samples.primary_samples])
    terms = code_variables(samples.cases, clinical)
    terms.insert(0, SCORE_TERM, scores / spread if spread > 0 else np.nan)
    return terms


def code_variables(cases: pd.DataFrame, clinical: Sequence[str]) -> pd.DataFrame:
    """Code clinical variables as numbers: those that are text as one 0/1 term per category but the first.

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
        reference, *categories = sorted(values.dropna().unique()) or [None]
        for category in categories:
            terms[f"{name}: {category} vs {reference}"] = (values == category).astype(float).where(values.notna())
    return pd.DataFrame(terms, index=cases.index)


def _followed_terms(samples: Samples, clinical: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield per split the cases with follow-up, scored or not, and their terms."""
    terms = cox_terms(samples, clinical)
    for sample in samples.primary_samples:
        rows = sample.where(sample.has_follow_up).without_copies.rows
        if len(rows):
            yield sample.split, rows, terms.loc[rows.index]


def _fit_models(rows: pd.DataFrame, terms: pd.DataFrame, level: float) -> Iterator[pd.DataFrame]:
    for name in terms:
        present = terms[name].notna().to_numpy()
        used = rows[present]
        if used.empty:
            yield _not_estimable([str(name)], "univariable", "no case with a value", rows, present)
            continue
        fit = fit_univariable_cox(used["time"], used["event"], terms.loc[present, [name]], level)
        yield _with_analysis(fit, "univariable", len(rows) - len(used))
    complete = terms.notna().all(axis=1).to_numpy()
    used = rows[complete]
    events, count = int(used["event"].sum()), len(terms.columns)
    if events < EVENTS_PER_TERM * count:
        reason = f"{events} events for {count} terms, fewer than {EVENTS_PER_TERM} a term"
        yield _not_estimable([str(name) for name in terms], "multivariable", reason, rows, complete)
    else:
        fit = fit_cox(used["time"], used["event"], terms[complete], level)
        yield _with_analysis(fit, "multivariable", len(rows) - len(used))


def _with_analysis(fit: pd.DataFrame, analysis: str, incomplete: int) -> pd.DataFrame:
    return fit.rename_axis("term").reset_index().assign(analysis=analysis, incomplete=incomplete)


def _not_estimable(
    terms: list[str], analysis: str, reason: str, rows: pd.DataFrame, complete: Booleans
) -> pd.DataFrame:
    used = rows[complete]
    table = pd.DataFrame(np.nan, index=terms, columns=["hr", "lower", "upper", "p"])
    table = table.assign(n=len(used), events=int(used["event"].sum()), reason=reason)
    return _with_analysis(table, analysis, len(rows) - len(used))
