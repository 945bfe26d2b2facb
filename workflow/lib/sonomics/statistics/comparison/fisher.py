"""Fisher's exact test of r x c tables; beyond 2 x 2, scipy's own is a permutation p value."""

import numpy as np
from scipy.special import gammaln
from scipy.stats import random_table

from sonomics.statistics.estimates import Floats

_MOST_TABLES = 2_000_000
_RESAMPLES = 99_999


def fisher_exact(counts: np.ndarray, seed: int) -> tuple[float, bool]:
    """Sum the probabilities, given the margins, of all tables no more likely than the observed one.

    Parameters
    ----------
    counts : ndarray of int, shape (r, c)
        Without empty rows or columns.
    seed : int
        For the Monte Carlo form.

    Returns
    -------
    p : float
    exact : bool
        False when both axes have more than two levels, or more than two million tables share the margins; then p comes
        from 99,999 seeded random tables.

    References
    ----------
    Freeman GH, Halton JH, Biometrika 1951.
    """
    narrow = counts if counts.shape[1] <= counts.shape[0] else counts.T
    if narrow.shape[1] == 2:
        firsts = _first_columns(narrow.sum(axis=1), int(narrow[:, 0].sum()))
        if firsts is not None:
            sizes = narrow.sum(axis=1)
            likelihood = _log_choose(sizes, firsts).sum(axis=1)
            observed = float(_log_choose(sizes, narrow[:, 0]).sum())
            weight = np.exp(likelihood - likelihood.max())
            # R's relative tolerance for equally likely tables.
            return float(weight[likelihood <= observed + 1e-7].sum() / weight.sum()), True
    return _sampled(counts, seed), False


def _sampled(counts: np.ndarray, seed: int) -> float:
    """Count the random tables of the same margins no more likely than the observed one, which counts too."""
    distribution = random_table(counts.sum(axis=1), counts.sum(axis=0), seed=np.random.default_rng(seed))
    tables = distribution.rvs(_RESAMPLES)
    # Given the margins, the likelihood of a table depends on its factorials only.
    log_factorials = gammaln(tables + 1.0).sum(axis=(1, 2))
    observed = float(gammaln(counts + 1.0).sum())
    return float((1 + np.count_nonzero(log_factorials >= observed - 1e-7)) / (1 + _RESAMPLES))


def _first_columns(sizes: np.ndarray, total: int) -> np.ndarray | None:
    """List every first column of a two-column table with these row sums; None when there are too many."""
    partial = np.zeros((1, 0), dtype=np.int64)
    for row, size in enumerate(sizes):
        rest = int(sizes[row + 1 :].sum())
        if len(partial) * (int(size) + 1) > _MOST_TABLES:
            return None
        grown = np.column_stack([np.repeat(partial, size + 1, axis=0), np.tile(np.arange(size + 1), len(partial))])
        reached = grown.sum(axis=1)
        partial = grown[(reached <= total) & (reached + rest >= total)]
    return partial


def _log_choose(sizes: np.ndarray, chosen: np.ndarray) -> Floats:
    return np.asarray(gammaln(sizes + 1) - gammaln(chosen + 1) - gammaln(sizes - chosen + 1), dtype=np.float64)
