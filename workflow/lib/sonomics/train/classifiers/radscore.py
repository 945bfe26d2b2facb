"""The radiomics score: the linear score that the last step of the selection has fitted."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sonomics.core.errors import StudyError


def build(selection: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Build a fitted classifier of the coefficients of the selection.

    Parameters
    ----------
    selection : mapping
        State of `select`, with `coefficients` and `intercept` of z-scored features.
    names : sequence of str
        The features, in the order of the columns that the classifier will see.

    Returns
    -------
    scikit-learn classifier

    Raises
    ------
    StudyError
        When the selection did not end in a penalised regression.
    """
    from sklearn.linear_model import LogisticRegression

    if not selection["coefficients"]:
        rule = "a radscore needs the coefficients of a penalised last step"
        fix = "end the steps with lasso or elastic_net, or choose a logistic model"
        raise StudyError("params.yaml, select.steps", rule, fix)
    model = LogisticRegression()
    model.classes_ = np.array([0.0, 1.0])
    model.coef_ = np.array([[selection["coefficients"][name] for name in names]])
    model.intercept_ = np.array([selection["intercept"]])
    model.n_features_in_ = len(names)
    return model
