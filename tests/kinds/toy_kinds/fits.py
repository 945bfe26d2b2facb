"""The code behind the toy kinds that fit or choose something."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.statistics.classification.cutoffs import Cutoff

Floats = NDArray[np.float64]


def build_nearest(settings: Any, seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(settings.neighbours)


def keep_first(names: list[str], training: Any, settings: Any) -> Any:
    from sonomics.select.steps.training import Kept

    return Kept(names[: settings.count])


def follow_leader(scores: Floats, labels: Floats) -> tuple[Floats, float]:
    return np.eye(scores.shape[1])[0], 0.0


def pool_by_least(scores: Any) -> "pd.Series[float]":
    return pd.Series(scores.min())


class Pair(NamedTuple):
    fit: Callable[[Floats, Floats], dict[str, Any]]
    apply: Callable[[dict[str, Any], Floats], Floats]


HALF = Pair(lambda labels, scores: {"reason": ""}, lambda state, scores: np.full(len(scores), 0.5))


def choose_middle(labels: Floats, probabilities: Floats) -> Cutoff:
    return Cutoff(0.5, 0.0, (0.5,))
