"""Net reclassification (NRI) and integrated discrimination improvement (IDI) of the primary model over another."""

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import Samples, Scored, shared_cases
from sonomics.statistics.clinical_utility.reclassification import (
    IntegratedDiscrimination,
    Reclassification,
    categorical_nri,
    continuous_nri,
    idi,
)

STATISTICS = ("nri_categorical", "nri_continuous", "idi")
CAUTION = "may be positive for a marker that tells nothing (Kerr 2014): read it beside the decision curve"
COLUMNS = "split model against statistic estimate lower upper p events nonevents n positives method reason"


def reclassification_table(samples: Samples, level: float) -> pd.DataFrame:
    """Compute NRI and IDI of the primary model over every other, on the cases to which both give a probability.

    Returns
    -------
    DataFrame
        `split, model, against, statistic, estimate, lower, upper, p, events, nonevents, n, positives, method, reason`.
        Statistics: `nri_categorical` (two classes, below and from each model's own frozen threshold on),
        `nri_continuous`, `idi`. `events` and `nonevents` are the two parts of an NRI: the net share moved the right
        way.
    """
    rows = []
    for sample in samples.primary_samples:
        for other in samples.others:
            new, old = shared_cases(sample.by_probability, samples.at(other, sample.split).by_probability)
            names = {"split": sample.split, "model": samples.primary.name, "against": other.name}
            counts = {"n": new.n, "positives": new.positives}
            rows += [{**names, **row, **counts} for row in _reclassify(old, new, level)]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _reclassify(old: Scored, new: Scored, level: float) -> list[dict[str, object]]:
    if not new.n:
        return [_undefined(name, "no case has both probabilities") for name in STATISTICS]
    if not new.has_independent_cases:
        reason = "a patient has several cases, which the method takes for independent"
        return [_undefined(name, reason) for name in STATISTICS]
    y = new.y
    if np.isnan([old.model.cutoff, new.model.cutoff]).any():
        categorical = _undefined("nri_categorical", "no frozen threshold of both models on the probability")
    else:
        result = categorical_nri(y, old.called.astype(float), new.called.astype(float), [0.5], level)
        categorical = _row("nri_categorical", result, "each model's frozen threshold")
    return [
        categorical,
        _row("nri_continuous", continuous_nri(y, old.value, new.value, level), "any change"),
        _row("idi", idi(y, old.value, new.value, level), "mean change in events minus that in non-events"),
    ]


def _undefined(name: str, reason: str) -> dict[str, object]:
    return {"statistic": name, "method": "", "reason": reason}


def _row(name: str, result: Reclassification | IntegratedDiscrimination, method: str) -> dict[str, object]:
    bounds = {"lower": result.lower, "upper": result.upper, "p": result.p, "reason": result.reason}
    if isinstance(result, IntegratedDiscrimination):
        return {"statistic": name, "estimate": result.idi, **bounds, "method": method}
    parts = {"events": result.events, "nonevents": result.nonevents}
    return {"statistic": name, "estimate": result.nri, **bounds, **parts, "method": f"{method}; {CAUTION}"}
