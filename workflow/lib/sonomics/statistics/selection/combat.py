"""ComBat: estimate by empirical Bayes how each scanner shifts and scales the features, and remove it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sonomics.statistics.estimates import Booleans, Floats

FEWEST = 2
_ROUNDING = 1e-12
_SETTLED = 1e-10
_STEPS = 1000


class Harmonisation(NamedTuple):
    """Batch effects estimated by ComBat.

    Attributes
    ----------
    batches : list of str
        The batches with estimates.
    mean, sd : ndarray, shape (features,)
        Of the features without their batch effects. The sd is 0 for a feature that does not vary within any batch
        (with a reference: within the reference), to 1e-12 of its size; such a feature is not changed.
    shift, scale : ndarray, shape (batches, features)
        Of each batch, on the scale of `mean` and `sd`: a value is `shift` plus `sqrt(scale)` times the value
        without the batch effect.
    """

    batches: list[str]
    mean: Floats
    sd: Floats
    shift: Floats
    scale: Floats


def fit_combat(values: Floats, batches: NDArray[np.str_], reference: str | None = None) -> Harmonisation:
    """Estimate batch effects by parametric empirical Bayes, without any covariate.

    Parameters
    ----------
    values : ndarray, shape (n, features)
        Complete.
    batches : ndarray of str, shape (n,)
        The scanner of each row. A scanner with fewer than two rows is left out: its scale cannot be estimated.
    reference : str or None
        A batch whose values stay unchanged and to which the others are aligned; None aligns all to their common mean
        and variance. A single batch is its own reference.

    Returns
    -------
    Harmonisation
        The effects on a single feature, or on features whose batch effects are all equal, cannot be shrunk and stay as
        estimated. A feature that does not vary within a batch is shifted there, not scaled.

    Raises
    ------
    ValueError
        When the reference has fewer than two rows that differ, or no batch has two.

    References
    ----------
    Johnson WE, Li C, Rabinovic A, Biostatistics 2007 (the model). Fortin JP, et al., NeuroImage 2018 (its use between
    scanners, and the reference batch).
    """
    names, counts = np.unique(batches, return_counts=True)
    known = [str(name) for name, count in zip(names, counts, strict=True) if count >= FEWEST]
    if not known or (reference is not None and reference not in known):
        raise ValueError(f"no {FEWEST} rows of {reference or 'any batch'}")
    if len(known) == 1:
        reference = known[0]
    members = [values[batches == name] for name in known]
    means = np.array([rows.mean(axis=0) for rows in members])
    residuals = [rows - mean for rows, mean in zip(members, means, strict=True)]
    vary = np.array([np.ptp(rows, axis=0) > _ROUNDING * np.abs(rows).max(axis=0) for rows in members])
    if reference is None:
        varies = vary.any(axis=0)
        weights = np.array([len(rows) for rows in members]) / sum(map(len, members))
        mean, variance = weights @ means, np.mean(np.concatenate(residuals) ** 2, axis=0)
    else:
        position = known.index(reference)
        varies = vary[position]
        mean, variance = means[position], np.mean(residuals[position] ** 2, axis=0)
        if not varies.any():
            raise ValueError(f"no {FEWEST} rows of {reference} differ")
    sd = np.where(varies, np.sqrt(variance), 0.0)
    shift, scale = np.zeros((len(known), len(mean))), np.ones((len(known), len(mean)))
    for number, rows in enumerate(members):
        if known[number] != reference:
            standard = (rows - mean)[:, varies] / sd[varies]
            shift[number, varies], scale[number, varies] = _shrink(standard, ~vary[number, varies])
    return Harmonisation(known, mean, sd, shift, scale)


def apply_combat(fitted: Harmonisation, values: Floats, batches: NDArray[np.str_]) -> Floats:
    """Remove the batch effects from any rows; NaN stays NaN.

    Parameters
    ----------
    fitted : Harmonisation
    values : ndarray, shape (n, features)
    batches : ndarray of str, shape (n,)
        A batch without estimates stays unchanged, as does the reference; the caller decides whether to allow that.
    """
    adjusted, varies = values.copy(), fitted.sd > 0
    mean, sd = fitted.mean[varies], fitted.sd[varies]
    for name, shift, scale in zip(fitted.batches, fitted.shift, fitted.scale, strict=True):
        cells = np.ix_(batches == name, varies)
        standard = (values[cells] - mean) / sd
        adjusted[cells] = (standard - shift[varies]) / np.sqrt(scale[varies]) * sd + mean
    return adjusted


def _shrink(standard: Floats, flat: Booleans) -> tuple[Floats, Floats]:
    """Return the posterior shift and scale of one batch, shape (features,) each.

    Parameters
    ----------
    standard : ndarray, shape (n, features)
        Standardised values of the batch.
    flat : ndarray of bool, shape (features,)
        The features that do not vary in the batch, whose scale stays 1.
    """
    shift, variance = standard.mean(axis=0), np.where(flat, 0.0, standard.var(axis=0, ddof=1))
    scale = np.where(flat, 1.0, variance)
    if np.count_nonzero(~flat) < FEWEST:
        return shift, scale
    prior_mean, prior_variance = shift.mean(), shift.var(ddof=1)
    scale_mean, scale_variance = variance[~flat].mean(), variance[~flat].var(ddof=1)
    if prior_variance <= 0 or scale_variance <= 0:
        return shift, scale
    # The inverse gamma prior of the scales, by the method of moments.
    shape = (2 * scale_variance + scale_mean**2) / scale_variance
    rate = (scale_mean * scale_variance + scale_mean**3) / scale_variance
    n, squares = len(standard), ((standard - shift) ** 2).sum(axis=0)
    new_shift, new_scale = shift, scale
    for _ in range(_STEPS):
        old_shift, old_scale = new_shift, new_scale
        new_shift = (n * prior_variance * shift + old_scale * prior_mean) / (n * prior_variance + old_scale)
        new_scale = (rate + 0.5 * (squares + n * (shift - new_shift) ** 2)) / (n / 2 + shape - 1)
        if max(np.abs(new_shift - old_shift).max(), np.abs(new_scale / old_scale - 1).max()) < _SETTLED:
            break
    return new_shift, np.where(flat, 1.0, new_scale)
