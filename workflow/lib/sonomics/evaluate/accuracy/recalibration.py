"""What recalibrating the frozen model at each test site would do: its intercept alone, or intercept and slope."""

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import generator
from sonomics.evaluate.cases import PROBABILITY, Model, analysed, column, values_of
from sonomics.statistics.calibration.intercept_slope import calibration_in_the_large, clipped_logit, site_recalibration
from sonomics.statistics.calibration.probability_scores import brier
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.estimates import Floats
from sonomics.statistics.regression.logistic import fit_logistic

FOLDS = 5
FEWEST = 10
UPDATES = ("none", "intercept", "intercept_slope")
CROSS_FITTED = f"cross-fitted in {FOLDS} parts by patient: each part is updated by the others"
COLUMNS = "split model update statistic estimate lower upper df p n positives method reason"


def recalibration_table(cases: pd.DataFrame, models: list[Model], level: float, seed: int) -> pd.DataFrame:
    """Offer recalibration in every test set.

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
    for model in models:
        probability = column(model.name, PROBABILITY)
        for split, inside in cases.groupby("split", sort=False):
            if split == TRAIN:
                continue
            used = analysed(inside, probability)
            head = {"split": split, "model": model.name, "n": len(used), "positives": int(used["label"].sum())}
            part = _parts(used["patient"], seed, model.name, str(split))
            rows += [
                {**head, **row} for row in _rows(used["label"].to_numpy(), values_of(used, probability), part, level)
            ]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def updated(y: Floats, probability: Floats, new: Floats, update: str) -> Floats:
    """Update predictions by what other cases of the site say.

    Parameters
    ----------
    y, probability : ndarray, shape (n,)
        Outcomes and predictions that the update is fitted on.
    new : ndarray, shape (k,)
        Predictions to update.
    update : {"none", "intercept", "intercept_slope"}

    Returns
    -------
    ndarray, shape (k,)
        NaN where the update cannot be fitted.
    """
    if update == "none":
        return new
    linear, ahead = clipped_logit(probability), clipped_logit(new)
    ones = np.ones((y.size, 1))
    if update == "intercept":
        (intercept,) = fit_logistic(ones, y, linear).coefficients
        moved = intercept + ahead
    else:
        intercept, slope = fit_logistic(np.column_stack([ones, linear]), y, np.zeros(y.size)).coefficients
        moved = intercept + slope * ahead
    return np.asarray(1 / (1 + np.exp(-moved)))


def _rows(y: Floats, probability: Floats, part: np.ndarray, level: float) -> list[dict[str, object]]:
    positives = int(y.sum())
    if min(positives, y.size - positives) < FEWEST:
        reason = f"fewer than {FEWEST} cases of a class"
        return [{"update": update, "statistic": name, "method": "", "reason": reason}
                for update in UPDATES for name in ("brier", "ici")]  # fmt: skip
    alone = calibration_in_the_large(y, probability, level)
    intercept, slope, test = site_recalibration(y, probability, level)
    likelihood = {"df": test.df, "p": test.p}
    apparent = "fitted on all cases of the site; Wald"
    rows = [
        _row("intercept", "intercept", alone, {}, apparent),
        _row("intercept_slope", "intercept", intercept, likelihood, f"{apparent}; P: likelihood ratio of both"),
        _row("intercept_slope", "slope", slope, likelihood, f"{apparent}; P: likelihood ratio of both"),
    ]
    for update in UPDATES:
        moved = probability.copy()
        for number in range(FOLDS if update != "none" else 0):
            held = part == number
            moved[held] = updated(y[~held], probability[~held], probability[held], update)
        rows += _errors(y, moved, update)
    return rows


def _errors(y: Floats, moved: Floats, update: str) -> list[dict[str, object]]:
    method = CROSS_FITTED if update != "none" else "as frozen"
    if np.isnan(moved).any():
        reason = "the update has no maximum in a part of the cases"
        return [{"update": update, "statistic": name, "method": method, "reason": reason} for name in ("brier", "ici")]
    errors = loess_errors(y, moved)
    return [
        {"update": update, "statistic": "brier", "estimate": brier(y, moved), "method": method, "reason": ""},
        {"update": update, "statistic": "ici", "estimate": errors.ici, "method": method, "reason": errors.reason},
    ]


def _row(update: str, name: str, found: object, test: dict[str, float], method: str) -> dict[str, object]:
    values = {key: getattr(found, key) for key in ("estimate", "lower", "upper", "reason")}
    return {"update": update, "statistic": name, **values, **test, "method": method}


def _parts(patients: pd.Series, *names: object) -> np.ndarray:
    """Deal patients into parts by chance, the same each time."""
    known = patients.drop_duplicates().sort_values()
    dealt = generator("recalibration", *names).permutation(len(known)) % FOLDS
    return np.asarray(patients.map(dict(zip(known, dealt, strict=True))).to_numpy(dtype=np.int64))
