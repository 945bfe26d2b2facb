"""Whom does the primary model move, against another, and the right way? Net reclassification and discrimination."""

import numpy as np
import pandas as pd

from sonomics.evaluate.cases import PROBABILITY, Model, analysed, column, values_of
from sonomics.statistics.clinical_utility.reclassification import (
    Discrimination,
    Reclassification,
    categorical_nri,
    continuous_nri,
    idi,
)

CAUTION = "may be positive for a marker that tells nothing (Kerr 2014): read it beside the decision curve"
COLUMNS = "split model against statistic estimate lower upper p events nonevents n positives method reason"


def reclassification_table(cases: pd.DataFrame, primary: Model, others: list[Model], level: float) -> pd.DataFrame:
    """Give NRI and IDI of the primary model over every other, on the cases both give a probability.

    Returns
    -------
    DataFrame
        `split, model, against, statistic, estimate, lower, upper, p, events, nonevents, n, positives, method, reason`.
        Statistics: `nri_categorical` (two classes, below and from each model's own frozen threshold on),
        `nri_continuous`, `idi`. `events` and `nonevents` are the two parts of an NRI: the net share moved the right
        way.
    """
    rows = []
    for split, inside in cases.groupby("split", sort=False):
        for other in others:
            names = (column(other.name, PROBABILITY), column(primary.name, PROBABILITY))
            used = analysed(inside, *names)
            head = {"split": split, "model": primary.name, "against": other.name}
            counts = {"n": len(used), "positives": int(used["label"].sum())}
            rows += [{**head, **row, **counts} for row in _rows(used, names, (other, primary), level)]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _rows(
    used: pd.DataFrame, names: tuple[str, str], models: tuple[Model, Model], level: float
) -> list[dict[str, object]]:
    y, (old, new) = used["label"].to_numpy(), (values_of(used, name) for name in names)
    statistics = ("nri_categorical", "nri_continuous", "idi")
    if used.empty:
        return [{"statistic": name, "method": "", "reason": "no case has both probabilities"} for name in statistics]
    if not used["patient"].is_unique:
        reason = "a patient has several cases, which the method takes for independent"
        return [{"statistic": name, "method": "", "reason": reason} for name in statistics]
    cutoffs = [model.cutoff for model in models]
    if np.isnan(cutoffs).any() or any(model.on != PROBABILITY for model in models):
        reason = "no frozen threshold of both models on the probability"
        categorical: dict[str, object] = {"statistic": "nri_categorical", "method": "", "reason": reason}
    else:
        before, after = ((values >= cut).astype(float) for values, cut in zip((old, new), cutoffs, strict=True))
        moved = categorical_nri(y, before, after, [0.5], level)
        categorical = _row("nri_categorical", moved, "each model's frozen threshold")
    return [
        categorical,
        _row("nri_continuous", continuous_nri(y, old, new, level), "any change"),
        _row("idi", idi(y, old, new, level), "mean change in events minus that in non-events"),
    ]


def _row(name: str, found: Reclassification | Discrimination, method: str) -> dict[str, object]:
    parts = {"events": found.events, "nonevents": found.nonevents} if isinstance(found, Reclassification) else {}
    value = found.nri if isinstance(found, Reclassification) else found.idi
    bounds = {"estimate": value, "lower": found.lower, "upper": found.upper, "p": found.p}
    caution = f"{method}; {CAUTION}" if parts else method
    return {"statistic": name, **bounds, **parts, "method": caution, "reason": found.reason}
