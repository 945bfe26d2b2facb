"""Multi-reader multi-case (MRMC) analysis: do readers do better with aid, beyond these readers and cases?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc, ndtr, stdtr, stdtrit

from sonomics.statistics.estimates import Floats, normal_quantile

NAN = float("nan")

FEW_CASES = "fewer than two cases in a class"


class Components(NamedTuple):
    """Mean squares of treatment, reader and their product; error variance and the three covariances of errors.

    `same_reader` (cov1): one reader under two treatments; `same_treatment` (cov2): two readers under one treatment;
    `neither` (cov3): two readers under two treatments. NaN where there is no such pair.
    """

    treatment: float
    reader: float
    product: float
    variance: float
    same_reader: float
    same_treatment: float
    neither: float


class Contrast(NamedTuple):
    """Second treatment minus first, with statistic (F, z or t), degrees of freedom, p and interval."""

    difference: float
    se: float
    statistic: float
    df1: float
    df2: float
    p: float
    lower: float
    upper: float
    reason: str = ""


class ReaderMean(NamedTuple):
    """Mean of a treatment over readers, with a t interval that generalises to readers and cases."""

    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    reason: str = ""


class ReaderStudy(NamedTuple):
    """Analysis of two treatments (unaided, aided) by the same readers on the same cases.

    `both_random` generalises to readers and cases (F test), `readers_fixed` to cases (z), `cases_fixed` to readers (t).
    """

    estimates: Floats
    components: Components
    both_random: Contrast
    readers_fixed: Contrast
    cases_fixed: Contrast
    single: tuple[ReaderMean, ReaderMean]


def analyse_reader_study(values: ArrayLike, covariance: ArrayLike, level: float = 0.95) -> ReaderStudy:
    """Compare two treatments by the Obuchowski-Rockette method with Hillis' degrees of freedom.

    Parameters
    ----------
    values : array_like, shape (2, readers)
        Statistic (AUC, sensitivity ...) of every reader without and with aid.
    covariance : array_like, shape (2 readers, 2 readers)
        Of the estimates over cases, the first treatment's readers first: `auc.delong_covariance`, or a covariance of
        `readers.covariance`.
    level : float
        Confidence level.

    Returns
    -------
    ReaderStudy
        With one reader only `readers_fixed` is estimable.

    References
    ----------
    Obuchowski NA, Rockette HE, Commun Stat Simul 1995; Hillis SL, Stat Med 2007; Hillis SL, Berbaum KS, Schartz KM,
    Acad Radiol 2008.
    """
    table, errors = np.asarray(values, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if table.ndim != 2 or len(table) != 2 or errors.shape != (table.size, table.size):
        raise ValueError(f"two treatments by readers are needed, got shapes {table.shape} and {errors.shape}")
    parts = _components(table, errors.reshape(2, table.shape[1], 2, table.shape[1]))
    per_treatment = tuple(
        mean_over_readers(table[number], errors.reshape(2, table.shape[1], 2, table.shape[1])[number, :, number], level)
        for number in (0, 1)
    )
    return ReaderStudy(
        table,
        parts,
        _both_random(table, parts, level),
        _readers_fixed(table, parts, level),
        _cases_fixed(table, parts, level),
        (per_treatment[0], per_treatment[1]),
    )


def mean_over_readers(values: Floats, errors: Floats, level: float = 0.95) -> ReaderMean:
    """Average a statistic over readers, with a t interval that generalises to readers and cases.

    Parameters
    ----------
    values : ndarray, shape (readers,)
    errors : ndarray, shape (readers, readers)
        Covariance of the estimates over cases.
    level : float

    Returns
    -------
    ReaderMean
        Only the mean with one reader, or when neither readers nor cases vary.

    References
    ----------
    Hillis SL, Stat Med 2007.
    """
    readers, mean = values.size, float(values.mean())
    if readers < 2:
        return ReaderMean(mean, NAN, NAN, NAN, NAN, "fewer than two readers")
    between = float(values.var(ddof=1))
    total = between + max(readers * float(errors[~np.eye(readers, dtype=bool)].mean()), 0.0)
    if not total > 1e-14:
        reason = FEW_CASES if np.isnan(total) else "readers and cases leave no variance"
        return ReaderMean(mean, NAN, NAN, NAN, NAN, reason)
    se = float(np.sqrt(total / readers))
    df = total**2 / (between**2 / (readers - 1)) if between > 0 else np.inf
    half = _t_quantile(df, level) * se
    return ReaderMean(mean, se, float(df), mean - half, mean + half)


def compare_readers_with_model(values: ArrayLike, covariance: ArrayLike, level: float = 0.95) -> Contrast:
    """Compare the mean of the readers with one model that has read the same cases.

    Analyses each reader's difference to the model as `mean_over_readers`: readers and cases are random, the model is
    fixed.

    Parameters
    ----------
    values : array_like, shape (readers + 1,)
        Statistic of every reader, then of the model.
    covariance : array_like, shape (readers + 1, readers + 1)
        Of the estimates over cases.
    level : float

    Returns
    -------
    Contrast
        Readers minus model, t and its degrees of freedom (`df2`).

    References
    ----------
    Chakraborty DP, Observer Performance Methods for Diagnostic Imaging, 2017, chapter 22 (one treatment, random
    readers, random cases); Hillis SL, Stat Med 2007.
    """
    estimates, errors = np.asarray(values, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    readers = estimates.size - 1
    if readers < 1 or errors.shape != (readers + 1, readers + 1):
        raise ValueError(f"readers and a model are needed, got shapes {estimates.shape} and {errors.shape}")
    contrast = np.hstack([np.eye(readers), -np.ones((readers, 1))])
    mean = mean_over_readers(contrast @ estimates, contrast @ errors @ contrast.T, level)
    if mean.reason:
        return Contrast(mean.estimate, *(NAN,) * 7, mean.reason)
    t = mean.estimate / mean.se
    p = float(2 * stdtr(mean.df, -abs(t))) if np.isfinite(mean.df) else float(2 * ndtr(-abs(t)))
    return Contrast(mean.estimate, mean.se, t, NAN, mean.df, p, mean.lower, mean.upper)


def _components(table: Floats, errors: Floats) -> Components:
    readers = table.shape[1]
    overall, treatments, of_readers = table.mean(), table.mean(axis=1), table.mean(axis=0)
    treatment = float(readers * ((treatments - overall) ** 2).sum())
    several = readers > 1
    reader = float(2 * ((of_readers - overall) ** 2).sum() / (readers - 1)) if several else NAN
    residual = table - treatments[:, None] - of_readers + overall
    product = float((residual**2).sum() / (readers - 1)) if several else NAN
    same = np.eye(readers, dtype=bool)
    variance = float(np.mean([errors[i, :, i][same].mean() for i in (0, 1)]))
    within = float(np.mean([errors[i, :, i][~same].mean() for i in (0, 1)])) if several else NAN
    across = float(errors[0, :, 1][~same].mean()) if several else NAN
    return Components(treatment, reader, product, variance, float(errors[0, :, 1][same].mean()), within, across)


def _both_random(table: Floats, parts: Components, level: float) -> Contrast:
    readers, difference = table.shape[1], _difference(table)
    denominator = parts.product + max(readers * (parts.same_treatment - parts.neither), 0.0)
    if reason := _not_random(table, denominator):
        return Contrast(difference, *(NAN,) * 7, reason)
    df2 = denominator**2 / (parts.product**2 / (readers - 1)) if parts.product > 0 else np.inf
    statistic, se = parts.treatment / denominator, float(np.sqrt(2 * denominator / readers))
    half = _t_quantile(df2, level) * se
    p = float(fdtrc(1, df2, statistic)) if np.isfinite(df2) else float(chdtrc(1, statistic))
    return Contrast(difference, se, statistic, 1.0, float(df2), p, difference - half, difference + half)


def _readers_fixed(table: Floats, parts: Components, level: float) -> Contrast:
    readers, difference = table.shape[1], _difference(table)
    shared = max(parts.same_treatment - parts.neither, 0.0) if readers > 1 else 0.0
    variance = 2 / readers * (parts.variance - parts.same_reader + (readers - 1) * shared)
    if np.isnan(variance) or variance <= 1e-14:
        reason = FEW_CASES if np.isnan(variance) else "the difference has no variance"
        return Contrast(difference, *(NAN,) * 7, reason)
    se = float(np.sqrt(variance))
    z, half = difference / se, normal_quantile(level) * se
    return Contrast(difference, se, z, NAN, NAN, float(2 * ndtr(-abs(z))), difference - half, difference + half)


def _cases_fixed(table: Floats, parts: Components, level: float) -> Contrast:
    readers, difference = table.shape[1], _difference(table)
    if reason := _not_random(table, parts.product):
        return Contrast(difference, *(NAN,) * 7, reason)
    se, df = float(np.sqrt(2 * parts.product / readers)), float(readers - 1)
    t, half = difference / se, _t_quantile(df, level) * se
    return Contrast(difference, se, t, NAN, df, float(2 * stdtr(df, -abs(t))), difference - half, difference + half)


def _difference(table: Floats) -> float:
    return float(table[1].mean() - table[0].mean())


def _not_random(table: Floats, variance: float) -> str:
    if table.shape[1] < 2:
        return "fewer than two readers"
    if np.isnan(variance):
        return FEW_CASES
    return "" if variance > 1e-14 else "the difference has no variance"


def _t_quantile(df: float, level: float) -> float:
    return float(stdtrit(df, 0.5 + level / 2)) if np.isfinite(df) else normal_quantile(level)
