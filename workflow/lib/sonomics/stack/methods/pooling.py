"""From the scores of a case's images to one score per case."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.core.groupby import SeriesGroupBy

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PROBABILITY
from sonomics.kinds.pools import POOLS
from sonomics.statistics.calibration.noisy_or import theta_probability

ROW = ["patient", "case", "split", "fold"]
# As near to 0 as the probability of a theta counts, so that its log odds stay finite.
LEAST = 1e-12

Floats = NDArray[np.float64]


def pool_by_mean(scores: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return the mean score of each case."""
    return scores.mean()


def pool_by_median(scores: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return the median score of each case."""
    return scores.median()


def pool_by_maximum(scores: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return the largest score of each case."""
    return scores.max()


def pool_by_noisy_or(probabilities: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return 1 - product(1 - P) of each case (Pearl 1988), from probabilities below 1."""
    return probabilities.agg(lambda values: -np.expm1(np.log1p(-values).sum()))


def pool_to_theta(probabilities: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return -mean(ln(1 - P)) of each exam, from probabilities below 1; it is at least 0 and has no upper end."""
    return probabilities.agg(lambda values: -np.log1p(-values).mean())


def theta_to_log_odds(theta: Floats) -> Floats:
    """Return the log odds of p = 1 - exp(-theta), which are theta + ln(p); p counts as at least `LEAST`, NaN stays."""
    return np.asarray(theta + np.log(np.maximum(theta_probability(theta), LEAST)), dtype=np.float64)


def pool_images(predictions: pd.DataFrame, pool: str, eps: float) -> pd.DataFrame:
    """Pool the scores of the images of each case.

    Parameters
    ----------
    predictions : DataFrame
        A PREDICTIONS table of one model; rows of one case and fold belong together.
    pool : str
        Name of a kind of pool, `stack.pool`.
    eps : float
        `stack.eps`.

    Returns
    -------
    DataFrame
        `patient, case, split, fold, value`, one row per case.

    Raises
    ------
    StudyError
        When the pool needs probabilities, and the model gives scores of another kind.
    """
    kind, pooled_by = POOLS.get(pool), POOLS.build(pool)
    values = predictions["value"]
    if kind.needs_probabilities:
        if (other := predictions["kind"] != PROBABILITY).any():
            model = predictions.loc[other, "model"].iloc[0]
            rule = f"{pool} needs probabilities, and {model} gives scores of another kind"
            raise StudyError("params.yaml, stack", rule, "choose another pool for its final models, or another model")
        values = values.clip(upper=1 - eps)
    if kind.by_exam:
        about = predictions[ROW].assign(exam=name_exams(predictions), value=values)
        of_exams: pd.Series[float] = pooled_by(about.groupby([*ROW, "exam"])["value"])
        return of_exams.groupby(ROW).mean().reset_index(name="value")
    pooled: pd.Series[float] = pooled_by(predictions[ROW].assign(value=values).groupby(ROW)["value"])
    return pooled.reset_index()


def name_exams(predictions: pd.DataFrame) -> list[str]:
    """Name the exam of each image, the part of its id after the case; "" for a score of a case."""
    pairs = zip(predictions["image"], predictions["case"], strict=True)
    return [image.removeprefix(f"{case}-").partition("-")[0] for image, case in pairs]
