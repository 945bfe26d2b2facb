"""Precision, recall and F1 of several classes with intervals over patients."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.estimates import Floats, divide_where
from sonomics.statistics.resampling.bootstrap import resample_weights, summarise_draws

MEASURES = ["precision", "recall", "f1", "specificity"]
UNDECIDED = "a class does not occur or is never decided for"


def bootstrap_class_report(
    y: ArrayLike,
    decided: ArrayLike,
    classes: Sequence[str | int],
    groups: ArrayLike,
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compute precision, recall, F1 and specificity of every class, their means, and accuracy, with intervals.

    Parameters
    ----------
    y, decided : array_like, shape (n,)
        True and decided class of every case.
    classes : sequence of str
        All classes.
    groups : array_like, shape (n,)
        Patient of every case.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per `of` (a class, `macro`, `weighted`, `all`) and `measure` (also `accuracy`, of `all`): `estimate,
        lower, upper, used, skipped, reason`; percentiles over resampled patients. As `multiclass.class_report`: means
        are over the classes that occur; the precision of a class that is never decided for, and then its means, are
        NaN; undefined resamples are skipped and counted.

    Raises
    ------
    ValueError
        If a class is not listed, or there are no cases.

    References
    ----------
    Sokolova M, Lapalme G, Inf Process Manag 2009; Efron B, Tibshirani RJ, An Introduction to the Bootstrap 1993.
    """
    truth, called = (
        np.eye(len(classes))[encode_classes(y, classes)],
        np.eye(len(classes))[encode_classes(decided, classes)],
    )
    if truth.shape != called.shape or not len(truth):
        raise ValueError("one decision per case is needed, and a case or more")
    found = _measures(truth, called, np.ones((1, len(truth))))
    draws = [_measures(truth, called, weights) for weights in resample_weights(groups, resamples, seed)]
    names = [str(name) for name in classes] + ["macro", "weighted"]
    rows = [(of, measure) for measure in MEASURES for of in names] + [("all", "accuracy")]
    table = []
    for index, (of, measure) in enumerate(rows):
        result = summarise_draws(float(found[0, index]), np.concatenate([block[:, index] for block in draws]), level)
        reason = result.reason or ("" if not np.isnan(found[0, index]) else UNDECIDED)
        table.append((of, measure, result.estimate, result.lower, result.upper, result.used, result.skipped, reason))
    return pd.DataFrame(table, columns=["of", "measure", "estimate", "lower", "upper", "used", "skipped", "reason"])


def _measures(truth: Floats, called: Floats, weights: ArrayLike) -> Floats:
    """Compute all measures of every resample, shape (b, 4 (classes + 2) + 1)."""
    counts = np.asarray(weights, dtype=np.float64)
    sizes, chosen, hits = counts @ truth, counts @ called, counts @ (truth * called)
    occurs = sizes > 0
    others = sizes.sum(axis=1, keepdims=True) - sizes
    parts = []
    for numerator, denominator in (
        (hits, chosen),
        (hits, sizes),
        (2 * hits, sizes + chosen),
        (others - chosen + hits, others),
    ):
        values = divide_where(denominator > 0, numerator, denominator)
        kept = np.where(occurs, values, 0.0)
        share = np.where(occurs, sizes, 0.0)
        macro = divide_where(occurs.any(axis=1), kept.sum(axis=1), occurs.sum(axis=1))
        weighted = divide_where(occurs.any(axis=1), (kept * share).sum(axis=1), share.sum(axis=1))
        parts.append(np.column_stack([values, macro, weighted]))
    return np.column_stack([*parts, divide_where(sizes.sum(axis=1) > 0, hits.sum(axis=1), sizes.sum(axis=1))])
