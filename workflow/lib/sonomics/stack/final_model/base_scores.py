"""The scores of base models next to each other, on a scale on which they can be combined."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from sonomics.core.errors import StudyError
from sonomics.core.schemas import SCORE
from sonomics.stack.methods.pooling import ROW, pool_images

# As near to 0 and 1 as a base model's probability counts, so that its log odds stay finite.
CERTAIN = 1e-3


def join_base_scores(predictions: pd.DataFrame, models: Sequence[str], pool: str, eps: float) -> pd.DataFrame:
    """Put the pooled scores of base models next to each other; probabilities become log odds, which add up.

    A model that found no feature in a fold gives the share of positives there, whatever it gives in the others.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of the images or cases of one task.
    models : sequence of str
    pool, eps
        As for `pool_images`.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column per model; cases that a model has not scored are left out.
    """
    pooled = {}
    for model in models:
        of_model = predictions[predictions["model"] == model]
        values = pool_images(of_model, pool, eps).set_index(ROW)["value"]
        kind_of_fold = of_model.groupby("fold")["kind"].first().to_dict()
        kinds = values.index.get_level_values("fold").map(kind_of_fold)
        pooled[model] = values.where(kinds == SCORE, to_log_odds(values))
    return pd.concat(pooled, axis=1, join="inner").sort_index()


def join_given_scores(predictions: pd.DataFrame, models: Sequence[str], pool: str, eps: float) -> pd.DataFrame:
    """Put the pooled scores of base models next to each other as they are: probabilities, or thetas.

    Parameters, returns
        As `join_base_scores`.

    Raises
    ------
    StudyError
        As `check_probabilities`.
    """
    check_probabilities(predictions, models)
    pooled = {
        model: pool_images(predictions[predictions["model"] == model], pool, eps).set_index(ROW)["value"]
        for model in models
    }
    return pd.concat(pooled, axis=1, join="inner").sort_index()


def check_probabilities(predictions: pd.DataFrame, models: Sequence[str]) -> None:
    """Check that base models give probabilities, so that their scores may be added as they are.

    Raises
    ------
    StudyError
        When one does not: its distances are of another scale than the others'.
    """
    for model in models:
        if not gives_probabilities(predictions[predictions["model"] == model]):
            rule = f"{model} gives no probabilities, and its scores cannot be weighted as they are"
            raise StudyError("params.yaml, stack.models", rule, "choose weights: fitted or equal, and another pool")


def gives_probabilities(predictions: pd.DataFrame) -> bool:
    """Tell whether the values of a model are probabilities, and not distances of any size."""
    return not (predictions["kind"] == SCORE).any()


def mixture_to_log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds of probabilities that were mixed as they are, (cases,), cut as by `to_log_odds`."""
    return np.asarray(logit(np.clip(probabilities, CERTAIN, 1 - CERTAIN)), dtype=np.float64)


def to_log_odds(probabilities: pd.Series) -> pd.Series:
    """Return log odds; a probability nearer to 0 or 1 than `CERTAIN` counts as that near."""
    log_odds: pd.Series = probabilities.clip(CERTAIN, 1 - CERTAIN).transform(logit)
    return log_odds
