"""Cox's partial likelihood with Breslow's handling of ties, its derivatives, and the baseline hazard.

It depends on the order of the times alone, and costs little where there are many columns; `partial_likelihood` has
Efron's form for tests and intervals.
"""

import numpy as np

from sonomics.statistics.estimates import Booleans, Floats


class BreslowLoss:
    """Mean negative log partial likelihood; there is no intercept.

    Attributes
    ----------
    design : ndarray, shape (n, p)
        The columns, rows by ascending time.
    saturated : float
        Loss of a perfect fit.
    """

    def __init__(self, design: Floats, times: Floats, happened: Booleans) -> None:
        """Take columns, shape (n, p), follow-up, shape (n,), and events, shape (n,)."""
        self._order = np.argsort(times, kind="stable")
        self.design = np.asfortranarray(design[self._order])
        self._happened = happened[self._order]
        ordered = times[self._order]
        self.times, self._tied = np.unique(ordered[self._happened], return_counts=True)
        self._first = np.searchsorted(ordered, self.times, side="left")
        self._passed = np.searchsorted(self.times, ordered, side="right")
        self.size = design.shape[1]
        self.saturated = float((self._tied * np.log(self._tied)).sum()) / times.size

    def predict(self, coefficients: Floats) -> Floats:
        """Compute the linear predictor of the rows, shape (n,), by ascending time."""
        return np.asarray(self.design @ coefficients, dtype=np.float64)

    def value(self, linear: Floats) -> float:
        """Compute the loss."""
        at_risk = self._log_at_risk(linear)
        return -float(linear[self._happened].sum() - (self._tied * at_risk).sum()) / linear.size

    def residual(self, linear: Floats) -> Floats:
        """Compute the derivative by each row's linear predictor, shape (n,)."""
        return np.asarray((self._expected(linear) - self._happened) / linear.size, dtype=np.float64)

    def approximate(self, linear: Floats) -> tuple[Floats, Floats]:
        """Compute the diagonal of the second derivatives by the rows' linear predictors, and `residual`, shape (n,)."""
        largest = linear.max()
        share = np.exp(linear - largest)
        squares = np.cumsum(self._tied * np.exp(2 * (largest - self._log_at_risk(linear))))
        expected = self._expected(linear)
        variance = expected - share**2 * np.concatenate([[0.0], squares])[self._passed]
        return np.asarray(variance / linear.size), np.asarray((expected - self._happened) / linear.size)

    def deviance(self, coefficients: Floats) -> float:
        """Compute twice the log partial likelihood that the coefficients, shape (p,), lack to a perfect fit."""
        linear = self.predict(coefficients)
        return 2 * linear.size * (self.value(linear) - self.saturated)

    def baseline(self, linear: Floats) -> Floats:
        """Compute the cumulative hazard at `times` for a linear predictor of 0."""
        return np.asarray(np.cumsum(self._tied * np.exp(-self._log_at_risk(linear))), dtype=np.float64)

    def _log_at_risk(self, linear: Floats) -> Floats:
        return np.asarray(np.logaddexp.accumulate(linear[::-1])[::-1][self._first], dtype=np.float64)

    def _expected(self, linear: Floats) -> Floats:
        """Compute the events expected of each row, its share of the hazard at every event time up to its own."""
        largest = linear.max()
        hazard = np.cumsum(self._tied * np.exp(largest - self._log_at_risk(linear)))
        return np.asarray(np.exp(linear - largest) * np.concatenate([[0.0], hazard])[self._passed], dtype=np.float64)
