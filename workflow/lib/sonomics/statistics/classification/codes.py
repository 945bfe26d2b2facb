"""Classes as numbers, in the order of a list."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def encode_classes(y: ArrayLike, classes: Sequence[str | int]) -> np.ndarray:
    """Number the classes of rows.

    Parameters
    ----------
    y : array_like, shape (n,)
        Class of every row.
    classes : sequence of str or int
        All classes, in order, of the type of `y`.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        If a row has a class that is not listed, or a class is listed twice.
    """
    position = {name: number for number, name in enumerate(classes)}
    if len(position) < len(classes):
        raise ValueError("a class is listed twice")
    labels = np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"classes of rows are one-dimensional, not of shape {labels.shape}")
    if unknown := {str(name) for name in labels.tolist() if name not in position}:
        raise ValueError(f"{len(unknown)} classes of rows are not listed")
    return np.array([position[name] for name in labels.tolist()], dtype=np.int64)
