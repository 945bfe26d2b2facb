"""Brier score of predicted survival, integrated over time."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Estimate, not_estimable
from sonomics.statistics.inputs import check_follow_up
from sonomics.statistics.survival.censoring import Censoring
from sonomics.statistics.survival.horizon import ipcw_brier


def integrated_brier(
    time: ArrayLike, event: ArrayLike, survival: ArrayLike, times: ArrayLike, censoring: Censoring | None = None
) -> Estimate:
    """Integrate the Brier score under censoring over a grid of times, by trapezoids, per unit of time.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    survival : array_like, shape (n, t)
        Predicted probability of no event until each time of the grid.
    times : array_like, shape (t,)
        Ascending, two or more.
    censoring : Censoring, optional
        Estimated elsewhere, such as on training cases; on these cases by default.

    Returns
    -------
    Estimate
        Without an interval, for which patients are bootstrapped. NaN with a reason where a score of the grid is: a
        prediction is unknown, or nobody stays uncensored until a time.

    Raises
    ------
    ValueError
        If the grid is not ascending or the shape is another.

    References
    ----------
    Graf E et al., Stat Med 1999.
    """
    happened, follow_up = check_follow_up(time, event)
    grid, predicted = np.asarray(times, dtype=np.float64), np.asarray(survival, dtype=np.float64)
    if grid.ndim != 1 or grid.size < 2 or not (np.diff(grid) > 0).all():
        raise ValueError("a Brier score is integrated over two or more ascending times")
    if predicted.shape != (follow_up.size, grid.size):
        raise ValueError(f"expected {follow_up.size} rows and {grid.size} times, got shape {predicted.shape}")
    curve = censoring or Censoring.estimate(follow_up, happened)
    scores = np.array(
        [ipcw_brier(follow_up, happened, 1 - predicted[:, k], float(grid[k]), curve) for k in range(grid.size)]
    )
    if np.isnan(scores).any():
        return not_estimable("a prediction is unknown, or nobody stays uncensored until a time of the grid")
    area = ((scores[1:] + scores[:-1]) / 2 * np.diff(grid)).sum()
    return Estimate(float(area / (grid[-1] - grid[0])))
