"""The multinomial log-likelihood and its derivatives, symmetric in the classes."""

import numpy as np
from scipy.special import log_softmax, softmax

from sonomics.statistics.estimates import Floats


class MultinomialLoss:
    """Mean negative log-likelihood of classes.

    A vector of coefficients holds the intercepts of all classes, then column by column the coefficients of all classes.

    Attributes
    ----------
    x : ndarray, shape (n, p)
    code : ndarray of int, shape (n,)
        Class of every row, 0 to `classes` - 1.
    classes, size : int
        Number of classes, and of coefficients.
    """

    def __init__(self, x: Floats, code: np.ndarray, classes: int) -> None:
        """Take columns and classes; every class has a row."""
        self.x = np.asfortranarray(x)
        self.code = code
        self.classes = classes
        self.size = (x.shape[1] + 1) * classes
        self._indicator = np.eye(classes)[code]

    def null_intercepts(self) -> Floats:
        """Return the intercepts of the model without features, which sum to 0."""
        log_share = np.log(self._indicator.mean(axis=0))
        return np.asarray(log_share - log_share.mean(), dtype=np.float64)

    def predict(self, coefficients: Floats) -> Floats:
        """Compute the linear predictors, shape (n, classes)."""
        table = coefficients[self.classes :].reshape(-1, self.classes)
        return np.asarray(self.x @ table + coefficients[: self.classes], dtype=np.float64)

    def value(self, linear: Floats) -> float:
        """Compute the loss."""
        own = log_softmax(linear, axis=1)[np.arange(self.code.size), self.code]
        return -float(own.sum()) / self.code.size

    def residual(self, linear: Floats) -> Floats:
        """Compute the derivative by each linear predictor, shape (n, classes)."""
        return np.asarray((softmax(linear, axis=1) - self._indicator) / self.code.size, dtype=np.float64)

    def largest_variance(self, linear: Floats) -> float:
        """Compute the largest p (1 - p) of the predicted probabilities."""
        probability = softmax(linear, axis=1)
        return float((probability * (1 - probability)).max())
