"""The multinomial log-likelihood and its derivatives, symmetric in the classes."""

import numpy as np
from scipy.special import log_softmax, softmax

from sonomics.statistics.estimates import Floats


class MultinomialLoss:
    """Mean negative log-likelihood of classes, see `active_set.Loss`.

    The vector of coefficients holds the intercepts of all classes but the last, whose intercept is 0, then
    column by column the coefficients of all classes.
    """

    def __init__(self, design: Floats, code: np.ndarray, classes: int) -> None:
        """Take columns, shape (n, p + 1), of which the first is 1, and the class of every row, 0 to `classes` - 1."""
        self.design = np.asfortranarray(design)
        self.classes = classes
        self.free = classes - 1
        features = design.shape[1] - 1
        self.size = self.free + features * classes
        self.column = np.concatenate([np.zeros(self.free, dtype=int), np.repeat(np.arange(1, features + 1), classes)])
        self.of_class = np.concatenate([np.arange(self.free), np.tile(np.arange(classes), features)])
        self.code = code
        self._indicator = np.eye(classes)[code]

    def null_coefficients(self) -> Floats:
        """Return the coefficients of the model without features."""
        log_share = np.log(self._indicator.mean(axis=0))
        start = np.zeros(self.size)
        start[: self.free] = log_share[:-1] - log_share[-1]
        return start

    def predict(self, active: np.ndarray, values: Floats) -> Floats:
        """Compute the linear predictors, shape (n, classes)."""
        used, row = np.unique(self.column[active], return_inverse=True)
        table = np.zeros((used.size, self.classes))
        table[row, self.of_class[active]] = values
        return np.asarray(self.design[:, used] @ table, dtype=np.float64)

    def value(self, linear: Floats) -> float:
        """Compute the loss."""
        own = log_softmax(linear, axis=1)[np.arange(self.code.size), self.code]
        return -float(own.sum()) / self.code.size

    def slopes(self, linear: Floats, active: np.ndarray) -> Floats:
        """Compute the derivative by each active coefficient."""
        used, row = np.unique(self.column[active], return_inverse=True)
        return np.asarray(
            (self.design[:, used].T @ self.residual(linear))[row, self.of_class[active]], dtype=np.float64
        )

    def residual(self, linear: Floats) -> Floats:
        """Compute the derivative by each linear predictor, shape (n, classes)."""
        return np.asarray((softmax(linear, axis=1) - self._indicator) / self.code.size, dtype=np.float64)

    def largest_variance(self, linear: Floats) -> float:
        """Compute the largest p (1 - p) of the predicted probabilities."""
        probability = softmax(linear, axis=1)
        return float((probability * (1 - probability)).max())

    def curvature(self, linear: Floats, active: np.ndarray) -> Floats:
        """Compute the second derivatives by the active coefficients."""
        columns, of_class = self.design[:, self.column[active]], self.of_class[active]
        weighted = columns * softmax(linear, axis=1)[:, of_class]
        same = of_class[:, None] == of_class[None, :]
        second = np.where(same, weighted.T @ columns, 0.0) - weighted.T @ weighted
        return np.asarray(second / self.code.size, dtype=np.float64)


def lay_out(coefficients: Floats, classes: int) -> Floats:
    """Lay out vectors of coefficients, shape (l, size), by class and column, shape (l, classes, p + 1)."""
    length, free = len(coefficients), classes - 1
    intercepts = np.concatenate([coefficients[:, :free], np.zeros((length, 1))], axis=1)
    rest = coefficients[:, free:].reshape(length, -1, classes).transpose(0, 2, 1)
    return np.concatenate([intercepts[:, :, None], rest], axis=2)
