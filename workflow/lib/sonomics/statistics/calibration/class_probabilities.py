"""Scores of predicted probabilities of several classes: log loss, Brier, ranked probability, accuracy."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.estimates import Floats

NAN = float("nan")
_SUM = 0.02


def class_log_loss(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]) -> float:
    """Compute the mean negative log of the probability of the true class, natural logarithm.

    Parameters
    ----------
    y : array_like, shape (n,)
        True class of every case.
    probabilities : array_like, shape (n, classes)
        In [0, 1]; a row adds up to 1, save rounding.
    classes : sequence of str
        Class of every column.

    Returns
    -------
    float
        Infinite when a true class has probability 0, NaN without cases.

    Raises
    ------
    ValueError
        If a class is not listed, a probability lies outside [0, 1] or is NaN, or a row does not add up to 1 (+/- 0.02).

    References
    ----------
    Good IJ, J R Stat Soc B 1952.
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    if not code.size:
        return NAN
    with np.errstate(divide="ignore"):
        return float(-np.log(values[np.arange(code.size), code]).mean())


def class_brier(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]) -> float:
    """Compute the squared differences of prediction and indicator, summed over classes, mean over cases.

    Parameters, NaN and errors as `class_log_loss`; from 0 to 2.

    References
    ----------
    Brier GW, Mon Weather Rev 1950.
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    return float(((values - np.eye(len(classes))[code]) ** 2).sum(axis=1).mean()) if code.size else NAN


def ranked_probability_score(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]) -> float:
    """Compute the squared differences of the cumulative probabilities, summed over thresholds, mean over cases.

    Parameters, NaN and errors as `class_log_loss`, with classes in ascending order; from 0 to classes - 1, smaller for
    a prediction that misses by one class than by several.

    References
    ----------
    Epstein ES, J Appl Meteorol 1969; Murphy AH, J Appl Meteorol 1971.
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    if not code.size:
        return NAN
    reached = np.arange(len(classes) - 1)[None, :] >= code[:, None]
    return float(((values.cumsum(axis=1)[:, :-1] - reached) ** 2).sum(axis=1).mean())


def class_accuracy(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]) -> float:
    """Compute the share of cases whose class has the largest probability; of equal ones the first listed is taken.

    Parameters, NaN and errors as `class_log_loss`.
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    return float((values.argmax(axis=1) == code).mean()) if code.size else NAN


def check_class_probabilities(
    y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]
) -> tuple[np.ndarray, Floats]:
    """Return the number of every case's class, shape (n,), and probabilities as float64, shape (n, classes).

    Raises
    ------
    ValueError
        As `class_log_loss`.
    """
    code = encode_classes(y, classes)
    values = np.asarray(probabilities, dtype=np.float64)
    if values.shape != (code.size, len(classes)):
        raise ValueError(f"expected {code.size} rows and {len(classes)} columns, got an array of shape {values.shape}")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a predicted probability is NaN or lies outside [0, 1]")
    if (np.abs(values.sum(axis=1) - 1) > _SUM).any():
        raise ValueError("the probabilities of a row do not add up to 1")
    return code, values
