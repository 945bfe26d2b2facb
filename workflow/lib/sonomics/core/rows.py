"""Scores that depend on their own row alone: a case scored with a thousand others, or by itself, gets the same bytes.

Libraries sum a product of matrices in an order that depends on the number of rows and on a row's place among them.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

ROWS = 64
Input = TypeVar("Input", bound=np.generic)
Output = TypeVar("Output", bound=np.generic)


def apply_in_batches(
    function: Callable[[NDArray[Input]], NDArray[Output]], inputs: NDArray[Input], rows: int = ROWS
) -> NDArray[Output]:
    """Apply a function to inputs in batches of one size; the last is filled up with copies of its last row.

    Parameters
    ----------
    function : callable
        Takes (rows, ...) inputs, returns (rows, ...) outputs; a row of inputs gives a row of outputs.
    inputs : (n, ...) array
        At least one row.
    rows : int
        Rows of a batch.

    Returns
    -------
    (n, ...) array
    """
    outputs = []
    for start in range(0, len(inputs), rows):
        batch = inputs[start : start + rows]
        filled = np.concatenate([batch, np.repeat(batch[-1:], rows - len(batch), axis=0)])
        outputs.append(function(filled)[: len(batch)])
    return np.concatenate(outputs)


def weigh_columns(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up the columns of every row, weighted.

    Parameters
    ----------
    values : (rows, columns) float64 array
    weights : (columns,) float64 array

    Returns
    -------
    (rows,) float64 array
        0 without columns.
    """
    return np.asarray(np.ascontiguousarray(values * weights).sum(axis=1), dtype=np.float64)
