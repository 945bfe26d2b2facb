"""Columns of a regression: standardised for the steps of its fit, and coefficients back on their scale."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats

SEPARABLE = "the likelihood has no maximum: a combination of columns separates classes"


class Design(NamedTuple):
    """Columns with mean 0 and population standard deviation 1; a constant column is 0 and has `spread` infinity.

    Attributes
    ----------
    values : ndarray, shape (n, p)
    centre, spread : ndarray, shape (p,)
        A coefficient of `values` divided by `spread` is one of the columns given.
    """

    values: Floats
    centre: Floats
    spread: Floats


def standardise_design(x: ArrayLike, rows: int) -> Design:
    """Standardise the columns of a table.

    Parameters
    ----------
    x : array_like, shape (n, p)
    rows : int
        Rows expected.

    Raises
    ------
    ValueError
        If the shape is another, there is no column, or a value is NaN or infinite.
    """
    table = np.asarray(x, dtype=np.float64)
    if table.ndim != 2 or len(table) != rows or not rows or not table.shape[1]:
        raise ValueError(f"expected {rows} rows and at least one column, got an array of shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("a feature is NaN or infinite; impute or drop it on training rows first")
    centre, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread <= 1e-12 * np.abs(table).max(axis=0), np.inf, spread)
    return Design((table - centre) / spread, centre, spread)


def explain_no_design(design: Design) -> str:
    """Say why no unpenalised model of the columns can be fitted; empty when it can be tried."""
    if np.isinf(design.spread).any():
        return "a constant column"
    dependent = np.linalg.matrix_rank(design.values, tol=1e-9 * np.sqrt(len(design.values))) < design.spread.size
    return "linearly dependent columns" if dependent else ""


def explain_no_classes(code: np.ndarray, classes: int) -> str:
    """Say why no model of classes can be fitted to the places of the rows' classes; empty when it can be tried."""
    if classes < 2:
        return "fewer than two classes"
    return "a class has no row" if np.bincount(code, minlength=classes).min() == 0 else ""


def put_on_scale(coefficients: Floats, covariance: Floats, centre: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Bring an intercept and coefficients of standardised columns, and their covariance, to the scale of the columns.

    Parameters
    ----------
    coefficients : ndarray, shape (1 + p,)
        Intercept first.
    covariance : ndarray, shape (1 + p, 1 + p)
    centre, spread : ndarray, shape (p,)
    """
    back = np.diag(np.concatenate([[1.0], 1 / spread]))
    back[0, 1:] = -centre / spread
    return np.asarray(back @ coefficients), np.asarray(back @ covariance @ back.T)


def is_settled(step: Floats, coefficients: Floats, gain: float, log_likelihood: float) -> bool:
    """Whether a Newton step ends a fit: it is tiny, or it is small and gains nothing, as for nearly dependent columns.

    A step that is not small goes on even if it gains nothing: the likelihood then rises without end.

    Parameters
    ----------
    step, coefficients : ndarray
        Of standardised columns.
    gain : float
        Slope of the log-likelihood along the step.
    log_likelihood : float
    """
    size = float(np.abs(step).max()) / (1 + float(np.abs(coefficients).max()))
    return size <= 1e-11 or (size <= 1e-5 and gain <= 1e-18 * (1 + abs(log_likelihood)))
