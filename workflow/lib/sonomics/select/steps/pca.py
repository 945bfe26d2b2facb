"""Principal components in place of the features, found on training rows."""

import numpy as np
import pandas as pd

from sonomics.core.rows import weigh_columns
from sonomics.kinds.steps.pca import Components
from sonomics.select.steps.training import NO_FEATURE, Change, Kept, Training

# Explained shares add up to 1 within the rounding of double precision.
ROUNDING = 1e-12


def keep_components(names: list[str], training: Training, step: Components) -> Kept:
    """Replace the features by principal components: as many as `components`, or as explain a share of `variance`."""
    if not names:
        return Kept([], NO_FEATURE)
    change = fit(training.rows[names], step.components, step.variance)
    note = f"{100 * sum(change['explained']):.1f} % of the variance"
    return Kept(change["components"], note, change=change)


def fit(values: pd.DataFrame, components: int | None, variance: float | None) -> Change:
    """Find the principal components of z-scored features.

    Parameters
    ----------
    values : (rows, features) DataFrame
        Of the training rows, NaN where undefined (the median stands in); at least two rows, and every feature varies.
    components : int or None
        How many to keep; there are no more than rows - 1 or features.
    variance : float or None
        Instead: as many as explain this share of the variance.

    Returns
    -------
    dict
        JSON-ready, for `apply`: `names`, their `median`, `mean` and `sd`, `components` (names), `loadings` (components,
        features), each with its largest loading positive, and `explained`, the share of the variance of each.

    References
    ----------
    Jolliffe IT, Principal Component Analysis, 2nd edition, 2002 (of the correlation matrix).
    """
    median = values.median()
    filled = values.fillna(median)
    mean, sd = filled.mean(), filled.std(ddof=0)
    _, singular, loadings = np.linalg.svd(((filled - mean) / sd).to_numpy(), full_matrices=False)
    explained = singular**2 / (singular**2).sum()
    rank = int(np.sum(singular > singular[0] * max(values.shape) * np.finfo(np.float64).eps))
    if variance is None:
        count = min(components or rank, rank)
    else:
        count = min(int(np.searchsorted(explained.cumsum(), variance - ROUNDING)) + 1, rank)
    largest = np.take_along_axis(loadings, np.abs(loadings).argmax(axis=1, keepdims=True), axis=1)
    family = str(values.columns[0]).split("__")[-2]
    return {
        "step": "pca",
        "names": list(values.columns),
        "median": median.tolist(),
        "mean": mean.tolist(),
        "sd": sd.tolist(),
        "components": [f"{family}__pc{number:03d}" for number in range(1, count + 1)],
        "loadings": (loadings * np.sign(largest))[:count].tolist(),
        "explained": explained[:count].tolist(),
    }


def apply(change: Change, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the components (rows, components) of any rows; the features themselves are gone."""
    values = rows[change["names"]].to_numpy(dtype=np.float64)
    filled = np.where(np.isnan(values), np.array(change["median"]), values)
    scaled = (filled - np.array(change["mean"])) / np.array(change["sd"])
    components = [weigh_columns(scaled, np.array(loadings)) for loadings in change["loadings"]]
    return pd.DataFrame(np.column_stack(components), index=rows.index, columns=change["components"])
