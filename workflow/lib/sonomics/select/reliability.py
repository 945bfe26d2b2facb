"""How far features agree between outlines of the same images."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.statistics.agreement.icc import icc21, icc21_interval, icc31, icc31_interval

FEWEST_REPEATS = 5
COLUMNS = ["repeat", "feature", "rows", "form", "icc", "lower", "upper"]

Repeats = Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]

ICC: Mapping[tuple[str, str], Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    ("2,1", "value"): icc21,
    ("3,1", "value"): icc31,
    ("2,1", "lower"): lambda readings: icc21_interval(readings)[0],
    ("3,1", "lower"): lambda readings: icc31_interval(readings)[0],
    ("2,1", "upper"): lambda readings: icc21_interval(readings)[1],
    ("3,1", "upper"): lambda readings: icc31_interval(readings)[1],
}


def pairwise_icc(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    measure: Callable[[NDArray[np.float64]], NDArray[np.float64]] = icc21,
) -> NDArray[np.float64]:
    """Compute the ICC of each feature over the rows where both readings define it.

    Parameters
    ----------
    first, second : (rows, features) array
        Two readings of the same rows.
    measure : callable
        From (rows, 2, features) to (features,).

    Returns
    -------
    (features,) array
        NaN over fewer than five rows, and for a constant feature.
    """
    readings = np.stack([first, second], axis=1)
    defined = np.isfinite(readings).all(axis=1)
    patterns, members = np.unique(defined, axis=1, return_inverse=True)
    icc = np.full(first.shape[1], np.nan)
    for number, rows in enumerate(patterns.T):
        if rows.sum() >= FEWEST_REPEATS:
            columns = np.flatnonzero(members == number)
            icc[columns] = measure(readings[rows][:, :, columns])
    return icc


def reliability(repeats: Repeats) -> pd.DataFrame:
    """List the ICC of every feature with every repeat outline, as they were measured.

    Parameters
    ----------
    repeats : mapping
        From `repeats_of`, cut to the training rows.

    Returns
    -------
    DataFrame
        `repeat, feature, rows` (where both readings define it), `form` ("2,1" or "3,1"), `icc`, and the bounds `lower`
        and `upper` of its 95 % interval; NaN where undefined.
    """
    tables = []
    for repeat, (first, second) in repeats.items():
        one, other = first.to_numpy(), second.to_numpy()
        rows = (np.isfinite(one) & np.isfinite(other)).sum(axis=0)
        for form in ("2,1", "3,1"):
            found = {of: pairwise_icc(one, other, ICC[form, of]) for of in ("value", "lower", "upper")}
            columns = {"icc": found["value"], "lower": found["lower"], "upper": found["upper"]}
            about = {"repeat": repeat, "feature": first.columns, "rows": rows, "form": form}
            tables.append(pd.DataFrame({**about, **columns}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
