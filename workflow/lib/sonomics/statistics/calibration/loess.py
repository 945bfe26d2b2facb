"""Local quadratic regression as in R's `loess` (span 0.75, degree 2, gaussian, interpolated surface)."""

from typing import NamedTuple

import numpy as np

from sonomics.statistics.estimates import Floats

_FEWEST_CASES = 10
_FEWEST_DISTINCT = 5


class LoessCurve(NamedTuple):
    """A smoothed curve with its pointwise confidence band; arrays of shape (points,), NaN where not estimable."""

    x: Floats
    fitted: Floats
    lower: Floats
    upper: Floats


def fit_loess(x: Floats, y: Floats) -> Floats:
    """Smooth y at every x.

    Parameters
    ----------
    x, y : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        All NaN with fewer than 10 cases or 5 distinct x, or when a neighbourhood is singular.

    References
    ----------
    Cleveland WS, Devlin SJ, J Am Stat Assoc 1988.
    """
    from skmisc.loess import loess

    if not _enough(x):
        return np.full(x.shape, np.nan)
    # These statistics serve the band, not the curve; their exact form takes most of the time.
    cheap = {"statistics": "approximate", "trace_hat": "approximate"}
    model = loess(x, y, span=0.75, degree=2, family="gaussian", surface="interpolate", **cheap)
    try:
        model.fit()
    except ValueError:
        return np.full(x.shape, np.nan)
    return np.array(model.outputs.fitted_values, dtype=np.float64)


def fit_loess_curve(x: Floats, y: Floats, points: int, level: float) -> LoessCurve:
    """Smooth y at equally spaced points over the range of x, with a pointwise t band.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    points : int
        Length of the curve.
    level : float
        Confidence level of the band.

    Returns
    -------
    LoessCurve
        NaN under the conditions of `fit_loess`.
    """
    from skmisc.loess import loess

    unknown = np.full(points, np.nan)
    if not _enough(x):
        return LoessCurve(unknown, unknown, unknown, unknown)
    grid = np.linspace(x.min(), x.max(), points)
    model = loess(x, y, span=0.75, degree=2, family="gaussian", surface="interpolate")
    try:
        model.fit()
        prediction = model.predict(grid, stderror=True)
    except ValueError:
        return LoessCurve(grid, unknown, unknown, unknown)
    band = prediction.confidence(1 - level)
    return LoessCurve(grid, *(np.array(side, dtype=np.float64) for side in (prediction.values, band.lower, band.upper)))


def _enough(x: Floats) -> bool:
    return x.size >= _FEWEST_CASES and np.unique(x).size >= _FEWEST_DISTINCT
