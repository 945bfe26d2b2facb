"""Steps that look at the time to an event."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.kinds.steps import Significance
from sonomics.select.steps.tests import keep_significant
from sonomics.select.steps.training import Kept, Training
from sonomics.statistics.survival.cox import fit_univariable_cox

Floats = NDArray[np.float64]


def keep_by_cox(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a univariable Cox model `below` a P (Wald), after `correction`."""
    return keep_significant(names, rank_follow_up(training.scale(names).to_numpy(), training.labels), step)


def rank_follow_up(values: Floats, outcomes: Floats) -> Floats:
    """Return the P of the univariable Cox model of every feature; NaN where it has no maximum.

    Parameters
    ----------
    values : (rows, features) array
    outcomes : (rows, 2) array of times and events
    """
    if not values.shape[1]:
        return np.empty(0)
    time, event = outcomes.T
    table = fit_univariable_cox(time, event, pd.DataFrame(values, columns=[f"x{n}" for n in range(values.shape[1])]))
    return table["p"].to_numpy(dtype=np.float64)
