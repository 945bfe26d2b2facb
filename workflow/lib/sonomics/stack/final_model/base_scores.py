"""The scores of base models next to each other, on a scale on which they can be combined."""

from collections.abc import Sequence

import pandas as pd
from scipy.special import logit

from sonomics.core.schemas import SCORE
from sonomics.stack.methods.pooling import ROW, pool_images

# As near to 0 and 1 as a base model's probability counts, so that its log odds stay finite.
CERTAIN = 1e-3


def join_base_scores(predictions: pd.DataFrame, models: Sequence[str], pool: str) -> pd.DataFrame:
    """Put the pooled scores of base models next to each other; probabilities become log odds, which add up.

    A model that found no feature in a fold gives the share of positives there, whatever it gives in the others.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of the images or cases of one task.
    models : sequence of str
    pool : str
        As for `pool_images`.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column per model; cases that a model has not scored are left out.
    """
    pooled = {}
    for model in models:
        of_model = predictions[predictions["model"] == model]
        values = pool_images(of_model, pool).set_index(ROW)["value"]
        kind_of_fold = of_model.groupby("fold")["kind"].first().to_dict()
        kinds = values.index.get_level_values("fold").map(kind_of_fold)
        pooled[model] = values.where(kinds == SCORE, to_log_odds(values))
    return pd.concat(pooled, axis=1, join="inner").sort_index()


def gives_probabilities(predictions: pd.DataFrame) -> bool:
    """Tell whether the values of a model are probabilities, and not distances of any size."""
    return not (predictions["kind"] == SCORE).any()


def to_log_odds(probabilities: pd.Series) -> pd.Series:
    """Return log odds; a probability nearer to 0 or 1 than `CERTAIN` counts as that near."""
    log_odds: pd.Series = probabilities.clip(CERTAIN, 1 - CERTAIN).transform(logit)
    return log_odds
