"""How well the score predicts who has the event early: concordance, and AUC, error and net benefit at horizons."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.columns import concatenate
from sonomics.evaluate.tables.entries import NAN, Entry, Sampling, bootstrap_entry, estimate_entry, number_entry
from sonomics.statistics.clinical_utility.decision_curve import survival_net_benefit
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.resampling.bootstrap import bootstrap_statistic
from sonomics.statistics.survival.concordance import harrell_c, uno_c
from sonomics.statistics.survival.cox_model import predict_risk
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc
from sonomics.statistics.survival.kaplan_meier import kaplan_meier_risk

NOT_FOLLOWED = "nobody was followed to the horizon"
COLUMNS = "split model statistic horizon estimate lower upper n events method reason"
DECISION = "split model horizon threshold net_benefit treat_all treat_none"
# The time of one resample of Uno's C grows with the square of the cases: the larger the set, the fewer are drawn.
FEWEST_RESAMPLES, PAIRS = 200, 2.5e8

Concordance = Callable[[Floats, Floats, Floats], Estimate]


def survival_table(samples: Samples, horizons: Sequence[float], sampling: Sampling) -> pd.DataFrame:
    """Evaluate every model against the time to the event.

    Parameters
    ----------
    samples : Samples
        With `time` and `event`; the primary model alone has the bootstrap interval of Uno's C.
    horizons : sequence of float
        Months.
    sampling : Sampling

    Returns
    -------
    DataFrame
        `split, model, statistic, horizon, estimate, lower, upper, n, events, method, reason`. `harrell_c` (all
        follow-up); at each horizon `uno_c`, `auc` (events by then against those followed beyond it), `brier` and
        `scaled_brier` (weighted by the inverse probability of staying uncensored). Risks for the Brier score are those
        of `risk_by_split`: a probability for one horizon says nothing about another.
    """
    rows = []
    for model in samples.models:
        risks = {horizon: risk_by_split(samples, model, horizon) for horizon in horizons}
        for sample in samples.of(model):
            followed = sample.followed
            if not followed.n:
                continue
            names = {"split": sample.split, "model": model.name}
            counts = {"n": followed.n, "events": int(followed.event.sum())}
            own_risks = {horizon: risk[sample.split] for horizon, risk in risks.items()}
            entries = _entries(followed, own_risks, sampling, resample=model is samples.primary)
            rows += [{**names, "horizon": horizon, **entry._asdict(), **counts} for horizon, entry in entries]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def risk_by_split(samples: Samples, model: Model, horizon: float) -> dict[str, Floats]:
    """Predict the risk of an event by a horizon by a Cox model of the score, fitted on training cases.

    Returns
    -------
    dict of str to ndarray of float
        Split to the risks of its followed cases; NaN throughout when training does not determine the model or its
        follow-up ends before the horizon.
    """
    followed = [sample.followed for sample in samples.of(model)]
    training = samples.training(model).followed
    if not (training.n and training.event.any()):
        return {sample.split: np.full(sample.n, NAN) for sample in followed}
    score = pd.DataFrame({"score": np.concatenate([sample.value for sample in followed])})
    fitted_on = pd.DataFrame({"score": training.value})
    risk = np.asarray(predict_risk(training.time, training.event, fitted_on, score, horizon))
    parts = np.split(risk, np.cumsum([sample.n for sample in followed])[:-1])
    return {sample.split: part for sample, part in zip(followed, parts, strict=True)}


def survival_decision_table(samples: Samples, horizons: Sequence[float], thresholds: Sequence[float]) -> pd.DataFrame:
    """Compute the net benefit of treating by the primary model's risk at each horizon, accounting for censoring.

    Returns
    -------
    DataFrame
        `split, model, horizon, threshold, net_benefit, treat_all, treat_none`; a split whose follow-up ends before
        the horizon, or a risk that training does not determine, has no curve.
    """
    tables = []
    for horizon in horizons:
        risks = risk_by_split(samples, samples.primary, horizon)
        for sample in samples.primary_samples:
            followed, risk = sample.followed, risks[sample.split]
            if not followed.n or np.isnan(risk).any():
                continue
            if not np.isnan(kaplan_meier_risk(followed.time, followed.event, horizon)):
                curve = survival_net_benefit(followed.time, followed.event, risk, horizon, thresholds)
                curve = curve.rename(columns={"model": "net_benefit"})
                curve = curve.assign(split=sample.split, model=sample.model.name, horizon=horizon)
                tables.append(curve[DECISION.split()])
    return concatenate(tables, DECISION.split())


def _entries(
    sample: Scored, risks: Mapping[float, Floats], sampling: Sampling, resample: bool
) -> Iterator[tuple[float, Entry]]:
    time, event, value = sample.time, sample.event, sample.value

    def entry_of(name: str, concordance: Concordance, horizon: float, method: str, has_formula: bool) -> Entry:
        """Use the formula of the interval where patients are independent; else resample them, if that is wanted."""
        result = concordance(time, event, value)
        if np.isnan(result.estimate) or (has_formula and sample.has_independent_cases):
            return estimate_entry(name, result, method)
        if not resample:
            return estimate_entry(name, Estimate(result.estimate), "interval: the primary model's alone")
        return _bootstrap(name, concordance, sample, horizon, sampling)

    jackknife = "infinitesimal jackknife"
    yield NAN, entry_of("harrell_c", _harrell(sampling.level), NAN, jackknife, has_formula=True)
    for horizon, risk in risks.items():
        yield horizon, entry_of("uno_c", _uno(horizon), horizon, "", has_formula=False)
        counts = time_dependent_auc(time, event, value, horizon)
        method = f"{counts.cases} with the event, {counts.controls} beyond; {jackknife}"
        yield horizon, entry_of("auc", _auc_at(horizon, sampling.level), horizon, method, has_formula=True)
        for entry in _brier_entries(time, event, risk, horizon):
            yield horizon, entry


def _bootstrap(name: str, concordance: Concordance, sample: Scored, horizon: float, sampling: Sampling) -> Entry:
    time, event, value = sample.time, sample.event, sample.value
    resamples = int(min(sampling.resamples, max(FEWEST_RESAMPLES, PAIRS / sample.n**2)))
    seed = seed_for(sampling.seed, name, sample.model.name, horizon, sample.split)

    def statistic(rows: NDArray[np.intp]) -> float:
        return concordance(time[rows], event[rows], value[rows]).estimate

    entry = bootstrap_entry(name, bootstrap_statistic(statistic, sample.clusters, resamples, seed, sampling.level))
    return entry._replace(method=f"{entry.method}; {resamples} drawn")


def _harrell(level: float) -> Concordance:
    return lambda time, event, risk: harrell_c(time, event, risk, level)


def _uno(horizon: float) -> Concordance:
    return lambda time, event, risk: uno_c(time, event, risk, horizon)


def _auc_at(horizon: float, level: float) -> Concordance:
    return lambda time, event, risk: time_dependent_auc(time, event, risk, horizon, level=level).area


def _brier_entries(time: Floats, event: Floats, risk: Floats, horizon: float) -> Iterator[Entry]:
    method = "IPCW; risk of a Cox model of the score fitted on training"
    if np.isnan(risk).any():
        reason = "training does not settle the risk at this horizon"
        yield from (Entry(name, NAN, method=method, reason=reason) for name in ("brier", "scaled_brier"))
        return
    without_score = kaplan_meier_risk(time, event, horizon)
    null = NAN if np.isnan(without_score) else ipcw_brier(time, event, np.full(time.size, without_score), horizon)
    score = ipcw_brier(time, event, risk, horizon)
    yield number_entry("brier", score, method, NOT_FOLLOWED)
    yield number_entry("scaled_brier", 1 - score / null if null > 0 else NAN, method, NOT_FOLLOWED)
