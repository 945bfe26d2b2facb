"""How well features agree between outlines of the same images, and the step that drops those that do not."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.kinds.steps.icc import Reliability
from sonomics.select.steps.training import Kept, Repeats, Training
from sonomics.statistics.agreement.icc import icc21, icc21_interval, icc31, icc31_interval

FEWEST_REPEATS = 5
COLUMNS = ["repeat", "feature", "rows", "form", "icc", "lower", "upper"]

Measure = Callable[[NDArray[np.float64]], NDArray[np.float64]]

ICC: Mapping[tuple[str, str], Measure] = {
    ("2,1", "value"): icc21,
    ("3,1", "value"): icc31,
    ("2,1", "lower"): lambda readings: icc21_interval(readings)[0],
    ("3,1", "lower"): lambda readings: icc31_interval(readings)[0],
    ("2,1", "upper"): lambda readings: icc21_interval(readings)[1],
    ("3,1", "upper"): lambda readings: icc31_interval(readings)[1],
}


def keep_reliable(names: list[str], training: Training, step: Reliability) -> Kept:
    """Keep features whose ICC with every repeat outline is `above` a value.

    `form` is "2,1" (two-way random, absolute agreement) or "3,1" (two-way mixed, consistency); `of` says what must be
    above: "value", or "lower", the lower bound of the 95 % interval.

    A feature's ICC is taken over the rows where both readings define it; over fewer than five, or when the feature is
    constant, it is undefined and the feature goes. A repeat with fewer than five outlined rows is ignored.
    """
    usable = {name: pair for name, pair in training.repeats.items() if len(pair[0]) >= FEWEST_REPEATS}
    if not usable:
        return Kept(names, f"not applied: no repeat outlines on at least {FEWEST_REPEATS} training rows")
    measure = ICC[step.form, step.of]
    is_reliable = np.ones(len(names), dtype=bool)
    for first, second in usable.values():
        is_reliable &= measure_pairwise_icc(first[names].to_numpy(), second[names].to_numpy(), measure) > step.above
    counts = ", ".join(f"{name} on {len(pair[0])} rows" for name, pair in usable.items())
    return Kept([name for name, stays in zip(names, is_reliable, strict=True) if stays], f"repeats: {counts}")


def measure_pairwise_icc(
    first: NDArray[np.float64], second: NDArray[np.float64], measure: Measure = icc21
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


def tabulate_reliability(repeats: Repeats) -> pd.DataFrame:
    """List the ICC of every feature with every repeat outline, as the features were measured.

    Parameters
    ----------
    repeats : mapping
        From `pair_repeats`, cut to the training rows.

    Returns
    -------
    DataFrame
        `repeat, feature, rows` (where both readings define it), `form` ("2,1" or "3,1"), `icc`, and the bounds `lower`
        and `upper` of its 95 % interval; NaN where undefined.
    """
    tables = []
    for repeat, (first, second) in repeats.items():
        values, repeated = first.to_numpy(), second.to_numpy()
        rows = (np.isfinite(values) & np.isfinite(repeated)).sum(axis=0)
        for form in ("2,1", "3,1"):
            icc, lower, upper = (
                measure_pairwise_icc(values, repeated, ICC[form, of]) for of in ("value", "lower", "upper")
            )
            about = {"repeat": repeat, "feature": first.columns, "rows": rows, "form": form}
            tables.append(pd.DataFrame({**about, "icc": icc, "lower": lower, "upper": upper}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
