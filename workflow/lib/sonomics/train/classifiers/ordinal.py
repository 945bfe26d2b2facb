"""Proportional-odds logistic regression with an L2 penalty, in the form of a scikit-learn classifier."""

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.kinds.models.ordinal import Ordinal
from sonomics.statistics.regression.ordinal import fit_ordinal_ridge, predict_ordinal
from sonomics.train.classifiers.weights import balance_rows, class_weight_of

Floats = NDArray[np.float64]


class ProportionalOdds:
    """A classifier of ordered classes; `core.models` trusts it by its name.

    Attributes
    ----------
    classes_ : (classes,) array
        Those of the training rows, ascending.
    thresholds_ : (classes - 1,) array
    coefficients_ : (features,) array
    """

    classes_: Floats
    thresholds_: Floats
    coefficients_: Floats

    def __init__(self, cost: float, class_weight: Literal["balanced"] | None) -> None:
        self.cost, self.class_weight = cost, class_weight

    def fit(self, values: Floats, labels: Floats) -> Self:
        """Fit the classes that have rows.

        Raises
        ------
        StudyError
            When the cost is so large that the fit has no maximum in double precision.
        """
        self.classes_, code = np.unique(labels, return_inverse=True)
        weights = balance_rows(labels) if self.class_weight == "balanced" else np.ones(len(labels))
        self.thresholds_, self.coefficients_ = fit_ordinal_ridge(values, code, self.cost, weights)
        if np.isnan(self.thresholds_).any():
            rule = f"an ordinal model has no fit at a cost of {self.cost:g}, which hardly penalises"
            raise StudyError("params.yaml, train.models", rule, "state a smaller cost")
        return self

    def predict_proba(self, values: Floats) -> Floats:
        """Predict the probability of each of `classes_`, (rows, classes)."""
        return predict_ordinal(self.thresholds_, self.coefficients_, values)


def build(settings: Ordinal, seed: int) -> Any:
    """Build an unfitted proportional-odds model with a `cost`; nothing in it is random."""
    return ProportionalOdds(settings.cost, class_weight_of(settings))
