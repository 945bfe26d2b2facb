"""How good the probabilities of a survival task are: error, calibration and net benefit at its horizons."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.cases import value_column
from sonomics.evaluate.samples.models import PROBABILITY, Model
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables, concatenate
from sonomics.evaluate.tables.entries import NAN, Entry, Sampling, bootstrap_entry, estimate_entry
from sonomics.statistics.calibration.at_horizon import HorizonCalibration, calibrate_at_horizon
from sonomics.statistics.clinical_utility.decision_curve import survival_net_benefit, survival_net_benefit_band
from sonomics.statistics.estimates import Floats
from sonomics.statistics.resampling.bootstrap import bootstrap_statistic
from sonomics.statistics.survival.horizon import ipcw_brier
from sonomics.statistics.survival.integrated_brier import integrated_brier
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, kaplan_meier_risk, survival_at
from sonomics.statistics.survival.risk_model import fit_risk_model, predict_survival

MEASURES = "model split horizon statistic estimate lower upper n events method reason"
GROUPS = "model split horizon n predicted observed lower upper"
DECISION = "model split horizon threshold net_benefit lower upper treat_all treat_none"
FIFTHS = 5
STEPS = 24  # of the integral up to the last horizon
# The integral takes a hundred times as long as the score at one horizon, so that fewer resamples are drawn.
FEWER = 500
NOT_FOLLOWED = "follow-up ends before it"
NO_PROBABILITY = "no probability at this horizon"
OF_OTHERS = "interval: the primary model's alone"

Rows = NDArray[np.intp]


class AtHorizon(NamedTuple):
    """The followed cases of one model in one set, their probabilities of the event by a horizon, and the horizon."""

    followed: Scored
    risk: Floats
    horizon: float


def horizon_tables(context: Context) -> Tables:
    """Make the tables of the probabilities at the horizons of a survival task.

    Returns
    -------
    dict
        `task_horizons`: `MEASURES`; at every horizon `brier` and `scaled_brier` (inverse probability of censoring),
        `observed_to_expected` and `calibration_slope` of the model's own probabilities; up to the last horizon
        `integrated_brier` and `scaled_integrated_brier`, whose curve is that of a Cox model of the risk fitted on
        training (as `stack` fits it). Intervals over resampled patients, those of calibration by their formulas where
        patients are independent. `task_calibration`: `GROUPS`, fifths of the predicted risk against Kaplan-Meier, of
        the primary model. `task_decision`: `DECISION`, the primary model's net benefit with its band over resampled
        patients.

    References
    ----------
    Graf E et al., Stat Med 1999; Crowson CS et al., Stat Methods Med Res 2016; Vickers AJ et al., BMC Med Inform Decis
    Mak 2008.
    """
    measures: list[dict[str, Any]] = []
    groups: list[pd.DataFrame] = []
    decisions: list[pd.DataFrame] = []
    for sample in context.samples:
        followed, is_primary = sample.followed, sample.model is context.primary
        if not followed.n:
            continue
        names = {"model": sample.model.name, "split": sample.split}
        counts = {"n": followed.n, "events": int(followed.event.sum())}
        for horizon in context.settings.horizons or []:
            at = AtHorizon(followed, read_risk(followed, horizon), float(horizon))
            for entry in _entries(at, context.sampling):
                measures.append({**names, "horizon": horizon, **entry._asdict(), **counts})
            if is_primary and _is_known(at):
                found = _calibrate(at, context.settings.level)
                groups.append(found.groups.assign(**names, horizon=horizon)[GROUPS.split()])
                decisions.append(_decide(at, context).assign(**names, horizon=horizon)[DECISION.split()])
        for entry in _integrate(context.samples, followed, context):
            last = max(context.settings.horizons or [NAN])
            measures.append({**names, "horizon": last, **entry._asdict(), **counts})
    return {
        "task_horizons": pd.DataFrame(measures, columns=MEASURES.split()),
        "task_calibration": concatenate(groups, GROUPS.split()),
        "task_decision": concatenate(decisions, DECISION.split()),
    }


def read_risk(followed: Scored, horizon: float) -> Floats:
    """Return a model's probabilities of the event by a horizon; NaN where it gives none."""
    column = f"{value_column(followed.model.name, PROBABILITY)}__{horizon:g}"
    values = followed.rows[column] if column in followed.rows else pd.Series(NAN, index=followed.rows.index)
    return np.asarray(values, dtype=np.float64)


def _is_known(at: AtHorizon) -> bool:
    followed = at.followed
    return not np.isnan(at.risk).any() and not np.isnan(kaplan_meier_risk(followed.time, followed.event, at.horizon))


def _entries(at: AtHorizon, sampling: Sampling) -> Iterator[Entry]:
    names = ("brier", "scaled_brier", "observed_to_expected", "calibration_slope")
    if not _is_known(at):
        reason = NO_PROBABILITY if np.isnan(at.risk).any() else NOT_FOLLOWED
        yield from (Entry(name, NAN, reason=reason) for name in names)
        return
    yield _resample("brier", lambda rows: _brier(at, rows), at, sampling)
    yield _resample("scaled_brier", lambda rows: _scaled_brier(at, rows), at, sampling)
    found = _calibrate(at, sampling.level)
    formulas = {"observed_to_expected": "Kaplan-Meier, log-log", "calibration_slope": "Wald, Cox model"}
    for name, method in formulas.items():
        estimate = getattr(found, name.removeprefix("calibration_"))
        if at.followed.has_independent_cases or np.isnan(estimate.estimate):
            yield estimate_entry(name, estimate, method)
        else:
            yield _resample(name, _calibrates(at, name), at, sampling)


def _calibrate(at: AtHorizon, level: float) -> HorizonCalibration:
    followed = at.followed
    return calibrate_at_horizon(followed.time, followed.event, at.risk, at.horizon, FIFTHS, level)


def _calibrates(at: AtHorizon, name: str) -> Callable[[Rows], float]:
    def measure(rows: Rows) -> float:
        time, event = at.followed.time[rows], at.followed.event[rows]
        found = calibrate_at_horizon(time, event, at.risk[rows], at.horizon, 1)
        return float(getattr(found, name.removeprefix("calibration_")).estimate)

    return measure


def _brier(at: AtHorizon, rows: Rows) -> float:
    return ipcw_brier(at.followed.time[rows], at.followed.event[rows], at.risk[rows], at.horizon)


def _scaled_brier(at: AtHorizon, rows: Rows) -> float:
    time, event = at.followed.time[rows], at.followed.event[rows]
    without_score = kaplan_meier_risk(time, event, at.horizon)
    if np.isnan(without_score):
        return NAN
    null = ipcw_brier(time, event, np.full(time.size, without_score), at.horizon)
    return 1 - _brier(at, rows) / null if null > 0 else NAN


def _resample(name: str, statistic: Callable[[Rows], float], at: AtHorizon, sampling: Sampling) -> Entry:
    seed = seed_for(sampling.seed, name, at.followed.model.name, at.followed.split, f"{at.horizon:g}")
    result = bootstrap_statistic(statistic, at.followed.clusters, sampling.resamples, seed, sampling.level)
    return bootstrap_entry(name, result)


def _decide(at: AtHorizon, context: Context) -> pd.DataFrame:
    followed, thresholds, sampling = at.followed, context.settings.decision_thresholds, context.sampling
    arrays = (followed.time, followed.event, at.risk, at.horizon, thresholds)
    seed = seed_for(sampling.seed, "survival_decision", followed.model.name, followed.split, f"{at.horizon:g}")
    band = survival_net_benefit_band(*arrays, followed.clusters, sampling.resamples, seed, sampling.level)
    curve = survival_net_benefit(*arrays).rename(columns={"model": "net_benefit"})
    return curve.assign(lower=band["lower"], upper=band["upper"])


def _integrate(samples: Samples, followed: Scored, context: Context) -> Iterator[Entry]:
    """Integrate the Brier score from 0 to the last horizon, also against the Kaplan-Meier curve of the set."""
    names = ("integrated_brier", "scaled_integrated_brier")
    if not context.settings.horizons:
        return
    grid = np.linspace(0, max(context.settings.horizons), STEPS + 1)
    survival = predict_curve(samples, followed, grid)
    time, event = followed.time, followed.event
    everyone = integrated_brier(time, event, survival, grid)
    if np.isnan(everyone.estimate):
        yield from (Entry(name, NAN, reason=everyone.reason) for name in names)
        return

    def score(rows: Rows) -> float:
        return integrated_brier(time[rows], event[rows], survival[rows], grid).estimate

    def scaled(rows: Rows) -> float:
        curve = survival_at(kaplan_meier(time[rows], event[rows]), grid)["survival"].to_numpy()
        null = integrated_brier(time[rows], event[rows], np.tile(curve, (len(rows), 1)), grid).estimate
        return 1 - score(rows) / null if null > 0 else NAN

    sampling, model = context.sampling, followed.model
    resamples = min(sampling.resamples, FEWER)
    for name, statistic in zip(names, (score, scaled), strict=True):
        if model is not context.primary:
            value = statistic(np.arange(followed.n))
            yield Entry(name, value, method=OF_OTHERS, reason=NOT_FOLLOWED if np.isnan(value) else "")
            continue
        seed = seed_for(sampling.seed, name, model.name, followed.split)
        entry = bootstrap_entry(
            name, bootstrap_statistic(statistic, followed.clusters, resamples, seed, sampling.level)
        )
        yield entry._replace(method=f"{entry.method}; {resamples} drawn")


def predict_curve(samples: Samples, followed: Scored, grid: Floats) -> Floats:
    """Predict event-free survival at every time of a grid by a Cox model of the risk, fitted on training.

    Returns
    -------
    ndarray, shape (n, t)
        NaN throughout when training does not determine the model, and beyond its follow-up.
    """
    training = training_of(samples, followed.model)
    if not (training.n and training.event.any()):
        return np.full((followed.n, grid.size), NAN)
    model = fit_risk_model(training.time, training.event, training.value[:, None])
    return predict_survival(model, followed.value[:, None], grid)


def training_of(samples: Samples, model: Model) -> Scored:
    """Return the followed training cases of a model, scored out of fold."""
    return samples.training(model).followed
