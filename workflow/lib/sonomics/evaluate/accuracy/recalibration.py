"""Recalibration of the frozen model at each test site: of its intercept alone, or of intercept and slope."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import generator
from sonomics.evaluate.samples.scored import Samples, Texts
from sonomics.statistics.calibration.intercept_slope import calibration_in_the_large, clipped_logit, recalibrate_at_site
from sonomics.statistics.calibration.probability_scores import brier
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.regression.logistic import fit_logistic

FOLDS = 5
FEWEST = 10
UPDATES = ("none", "intercept", "intercept_slope")
CROSS_FITTED = f"cross-fitted in {FOLDS} parts by patient: each part is updated by the others"
COLUMNS = "split model update statistic estimate lower upper df p n positives method reason"


def recalibration_table(samples: Samples, level: float, seed: int) -> pd.DataFrame:
    """Recalibrate every model in every test set.

    Returns
    -------
    DataFrame
        `split, model, update, statistic, estimate, lower, upper, df, p, n, positives, method, reason`. Update "none":
        the model as it is; "intercept", "intercept_slope": updated at the site. Statistics: `intercept`, `slope` (what
        the update would be, fitted on all cases of the site, Wald; with the likelihood-ratio test of both against 0
        and 1), `brier`, `ici`: of updated models cross-fitted, so that no case helps to update its own prediction.
        Not estimable with fewer than 10 cases of a class.
    """
    rows: list[dict[str, object]] = []
    for sample in samples:
        if sample.split == TRAIN:
            continue
        used = sample.by_probability.analysed
        identity = {"split": sample.split, "model": sample.model.name}
        counts = {"n": used.n, "positives": used.positives}
        parts = _assign_parts(used.clusters, seed, sample.model.name, sample.split)
        rows += [{**identity, **counts, **row} for row in _recalibrate(used.y, used.value, parts, level)]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def update_predictions(y: Floats, probability: Floats, new: Floats, update: str) -> Floats:
    """Recalibrate predictions by a logistic model that is fitted on other cases of the site.

    Parameters
    ----------
    y, probability : ndarray, shape (n,)
        Outcomes and predictions that the update is fitted on.
    new : ndarray, shape (k,)
        Predictions to recalibrate.
    update : {"none", "intercept", "intercept_slope"}

    Returns
    -------
    ndarray, shape (k,)
        NaN where the update cannot be fitted.
    """
    if update == "none":
        return new
    log_odds, new_log_odds = clipped_logit(probability), clipped_logit(new)
    ones = np.ones((y.size, 1))
    if update == "intercept":
        (intercept,) = fit_logistic(ones, y, log_odds).coefficients
        updated = intercept + new_log_odds
    else:
        intercept, slope = fit_logistic(np.column_stack([ones, log_odds]), y, np.zeros(y.size)).coefficients
        updated = intercept + slope * new_log_odds
    return np.asarray(1 / (1 + np.exp(-updated)))


def _recalibrate(y: Floats, probability: Floats, parts: NDArray[np.int64], level: float) -> list[dict[str, object]]:
    positives = int(y.sum())
    if min(positives, y.size - positives) < FEWEST:
        reason = f"fewer than {FEWEST} cases of a class"
        return [
            {"update": update, "statistic": name, "method": "", "reason": reason}
            for update in UPDATES
            for name in ("brier", "ici")
        ]
    intercept_alone = calibration_in_the_large(y, probability, level)
    intercept, slope, test = recalibrate_at_site(y, probability, level)
    likelihood = {"df": test.df, "p": test.p}
    apparent = "fitted on all cases of the site; Wald"
    rows = [
        _row("intercept", "intercept", intercept_alone, {}, apparent),
        _row("intercept_slope", "intercept", intercept, likelihood, f"{apparent}; P: likelihood ratio of both"),
        _row("intercept_slope", "slope", slope, likelihood, f"{apparent}; P: likelihood ratio of both"),
    ]
    for update in UPDATES:
        updated = probability.copy()
        for part in range(FOLDS if update != "none" else 0):
            held = parts == part
            updated[held] = update_predictions(y[~held], probability[~held], probability[held], update)
        rows += _errors(y, updated, update)
    return rows


def _errors(y: Floats, updated: Floats, update: str) -> list[dict[str, object]]:
    method = CROSS_FITTED if update != "none" else "as frozen"
    if np.isnan(updated).any():
        reason = "the update has no maximum in a part of the cases"
        return [{"update": update, "statistic": name, "method": method, "reason": reason} for name in ("brier", "ici")]
    errors = loess_errors(y, updated)
    return [
        {"update": update, "statistic": "brier", "estimate": brier(y, updated), "method": method, "reason": ""},
        {"update": update, "statistic": "ici", "estimate": errors.ici, "method": method, "reason": errors.reason},
    ]


def _row(update: str, name: str, estimate: Estimate, test: dict[str, float], method: str) -> dict[str, object]:
    values = {key: getattr(estimate, key) for key in ("estimate", "lower", "upper", "reason")}
    return {"update": update, "statistic": name, **values, **test, "method": method}


def _assign_parts(patients: Texts, *names: object) -> NDArray[np.int64]:
    """Assign patients to parts at random, the same each time."""
    distinct = sorted(set(patients))
    parts = generator("recalibration", *names).permutation(len(distinct)) % FOLDS
    by_patient = dict(zip(distinct, parts, strict=True))
    return np.array([by_patient[patient] for patient in patients], dtype=np.int64)
