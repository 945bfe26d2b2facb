"""How much the features of a classifier weigh, from what each adds to the value of each case."""

import pandas as pd

from sonomics.core.schemas import TRAIN


def weigh_features(attributions: pd.DataFrame) -> pd.Series:
    """Weigh features by their mean absolute attribution over the test rows; over training rows where there are none.

    Parameters
    ----------
    attributions : DataFrame
        Schema `ATTRIBUTIONS`, of one model and task. A feature that the model of a row lacks adds nothing to it.

    Returns
    -------
    Series of float, indexed by feature
        From the heaviest on; features of equal weight by name.
    """
    tested = attributions[attributions["split"] != TRAIN]
    rows = tested if len(tested) else attributions
    number = rows[["case", "image", "fold"]].drop_duplicates().shape[0]
    weights = rows.assign(weight=rows["attribution"].abs()).groupby("feature")["weight"].sum() / max(number, 1)
    return weights.sort_index().sort_values(ascending=False, kind="stable")
