"""How well the score tells who has the event early: concordance, and AUC, error and net benefit at horizons."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import seed_for
from sonomics.evaluate.cases import Model, values_of
from sonomics.evaluate.entries import NAN, Entry, Sampling, estimated, resampled, single
from sonomics.evaluate.survival.risk_groups import followed_cases
from sonomics.statistics.clinical_utility.decision_curve import survival_net_benefit
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.resampling.bootstrap import bootstrap_interval
from sonomics.statistics.survival.concordance import harrell_c, uno_c
from sonomics.statistics.survival.cox_tests import predicted_risk
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc
from sonomics.statistics.survival.kaplan_meier import null_risk

BEYOND = "nobody was followed to the horizon"
COLUMNS = "split model statistic horizon estimate lower upper n events method reason"
DECISION = "split model horizon threshold net_benefit treat_all treat_none"
# The time of one resample of Uno's C grows with the square of the cases: the larger the set, the fewer are drawn.
FEWEST_DRAWS, PAIRS = 200, 2.5e8

Concordance = Callable[[Floats, Floats, Floats], Estimate]


def survival_table(
    cases: pd.DataFrame, models: Sequence[Model], horizons: Sequence[float], sampling: Sampling
) -> pd.DataFrame:
    """Evaluate every model against the time to the event.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`, with `time` and `event`.
    models : sequence of Model
        The primary one first: it alone has the bootstrap interval of Uno's C.
    horizons : sequence of float
        Months.
    sampling : Sampling

    Returns
    -------
    DataFrame
        `split, model, statistic, horizon, estimate, lower, upper, n, events, method, reason`. `harrell_c` (all
        follow-up); at each horizon `uno_c`, `auc` (events by then against those followed beyond it), `brier` and
        `scaled_brier` (weighted by the inverse probability of staying uncensored). Risks for the Brier score are those
        of `risk_at`: a probability for one horizon says nothing of another.
    """
    rows = []
    for rank, model in enumerate(models):
        followed = followed_cases(cases, model)
        risks = {horizon: risk_at(followed, model, horizon) for horizon in horizons}
        for split, inside in followed.groupby("split", sort=False):
            counts = {"n": len(inside), "events": int(inside["event"].sum())}
            for horizon, entry in _entries(inside, model, risks, sampling, primary=rank == 0):
                head = {"split": split, "model": model.name, "horizon": horizon}
                rows.append({**head, **entry._asdict(), **counts})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def risk_at(followed: pd.DataFrame, model: Model, horizon: float) -> pd.Series:
    """Predict the risk of an event by a horizon by a Cox model of the score, fitted on training cases.

    Returns
    -------
    Series of float, indexed as `followed`
        NaN throughout when training does not settle the model or its follow-up ends before the horizon.
    """
    training = followed[followed["split"] == TRAIN]
    if training.empty or not training["event"].any():
        return pd.Series(NAN, index=followed.index)
    terms = pd.DataFrame({"score": values_of(followed, model.judged)}, index=followed.index)
    own = terms.loc[training.index]
    risk = predicted_risk(training["time"], training["event"], own, terms, horizon)
    return pd.Series(risk, index=followed.index)


def survival_decision_table(
    cases: pd.DataFrame, model: Model, horizons: Sequence[float], thresholds: Sequence[float]
) -> pd.DataFrame:
    """Give the net benefit of treating by one model's risk at each horizon, follow-up censored.

    Returns
    -------
    DataFrame
        `split, model, horizon, threshold, net_benefit, treat_all, treat_none`; a split whose follow-up ends before
        the horizon, or a risk that training does not settle, has no curve.
    """
    followed = followed_cases(cases, model)
    tables = []
    for horizon in horizons:
        risk = risk_at(followed, model, horizon)
        for split, inside in followed.groupby("split", sort=False):
            predicted = risk.loc[inside.index]
            if predicted.notna().all() and not np.isnan(null_risk(inside["time"], inside["event"], horizon)):
                curve = survival_net_benefit(inside["time"], inside["event"], predicted, horizon, thresholds)
                head = {"split": split, "model": model.name, "horizon": horizon}
                tables.append(curve.rename(columns={"model": "net_benefit"}).assign(**head)[DECISION.split()])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=DECISION.split())


def _entries(
    inside: pd.DataFrame, model: Model, risks: Mapping[float, pd.Series], sampling: Sampling, primary: bool
) -> Iterator[tuple[float, Entry]]:
    time, event, risk = inside["time"].to_numpy(), inside["event"].to_numpy(), values_of(inside, model.judged)

    def stated(name: str, of: Concordance, horizon: float, method: str, closed: bool) -> Entry:
        """Use the closed interval where patients are independent; else resample them, for the primary model alone."""
        found = of(time, event, risk)
        if np.isnan(found.estimate) or (closed and inside["patient"].is_unique):
            return estimated(name, found, method)
        if not primary:
            return estimated(name, Estimate(found.estimate), "interval: the primary model's alone")
        return _resampled(name, of, inside, risk, sampling, (model.name, horizon))

    yield NAN, stated("harrell_c", _harrell(sampling.level), NAN, "infinitesimal jackknife", closed=True)
    for horizon, predicted in risks.items():
        yield horizon, stated("uno_c", _uno(horizon), horizon, "", closed=False)
        found = time_dependent_auc(time, event, risk, horizon)
        method = f"{found.cases} with the event, {found.controls} beyond; infinitesimal jackknife"
        yield horizon, stated("auc", _area(horizon, sampling.level), horizon, method, closed=True)
        for entry in _brier(time, event, predicted.loc[inside.index].to_numpy(), horizon):
            yield horizon, entry


def _resampled(
    name: str, of: Concordance, inside: pd.DataFrame, risk: Floats, sampling: Sampling, names: tuple[str, float]
) -> Entry:
    time, event = inside["time"].to_numpy(), inside["event"].to_numpy()
    draws = int(min(sampling.resamples, max(FEWEST_DRAWS, PAIRS / len(inside) ** 2)))
    seed = seed_for(sampling.seed, name, *names, inside["split"].iloc[0])

    def once(rows: NDArray[np.intp]) -> float:
        return of(time[rows], event[rows], risk[rows]).estimate

    entry = resampled(name, bootstrap_interval(once, inside["patient"].to_numpy(), draws, seed, sampling.level))
    return entry._replace(method=f"{entry.method}; {draws} drawn")


def _harrell(level: float) -> Concordance:
    return lambda time, event, risk: harrell_c(time, event, risk, level)


def _uno(horizon: float) -> Concordance:
    return lambda time, event, risk: uno_c(time, event, risk, horizon)


def _area(horizon: float, level: float) -> Concordance:
    return lambda time, event, risk: time_dependent_auc(time, event, risk, horizon, level=level).area


def _brier(time: Floats, event: Floats, predicted: Floats, horizon: float) -> Iterator[Entry]:
    method = "IPCW; risk of a Cox model of the score fitted on training"
    if np.isnan(predicted).any():
        reason = "training does not settle the risk at this horizon"
        yield from (Entry(name, NAN, method=method, reason=reason) for name in ("brier", "scaled_brier"))
        return
    plain = null_risk(time, event, horizon)
    null = ipcw_brier(time, event, np.full(time.size, plain), horizon) if not np.isnan(plain) else NAN
    score = ipcw_brier(time, event, predicted, horizon)
    yield single("brier", score, method, BEYOND)
    yield single("scaled_brier", 1 - score / null if null > 0 else NAN, method, BEYOND)
