"""How the steps weigh features for the outcomes of a kind of task: by a ridge regression, a forest, or one by one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.statistics.selection.importance import (
    forest_importance_of_classes,
    forest_importance_of_survival,
    ridge_importance_of_classes,
    ridge_importance_of_survival,
)
from sonomics.statistics.selection.univariable import f_statistics
from sonomics.statistics.selection.univariable_classes import anova_by_feature
from sonomics.statistics.survival.cox import fit_univariable_cox

Floats = NDArray[np.float64]


class Importance(NamedTuple):
    """What a kind of task answers about the importance of features; outcomes are as `as_array` makes them.

    Attributes
    ----------
    ridge : callable
        `ridge(outcomes)` returns a function of columns, for `rank_by_elimination`.
    forest : callable
        `forest(outcomes, trees)` returns a function of columns and a seed, for `select_by_boruta`.
    relevance : callable
        `relevance(values, outcomes)` returns a chi-squared or F statistic of every feature, NaN where undefined.
    learns_from : callable
        `learns_from(outcomes)` tells whether a model can be fitted at all.
    """

    ridge: Callable[[Floats], Callable[[Floats], Floats]]
    forest: Callable[[Floats, int], Callable[[Floats, int], Floats]]
    relevance: Callable[[Floats, Floats], Floats]
    learns_from: Callable[[Floats], bool]


def has_two_classes(labels: Floats) -> bool:
    """Tell whether two classes or more have rows."""
    return len(set(labels.tolist())) > 1


def has_event(outcomes: Floats) -> bool:
    """Tell whether somebody had the event."""
    return bool(outcomes[:, 1].any())


def relate_to_classes(values: Floats, labels: Floats) -> Floats:
    """Return the F statistic of the one-way analysis of variance of every feature."""
    return anova_by_feature(values, labels).statistic


def relate_to_follow_up(values: Floats, outcomes: Floats) -> Floats:
    """Return Wald's chi-squared statistic of the univariable Cox model of every feature."""
    time, event = outcomes.T
    table = fit_univariable_cox(time, event, pd.DataFrame(values, columns=[f"x{n}" for n in range(values.shape[1])]))
    return table["z"].to_numpy(dtype=np.float64) ** 2


BINARY = Importance(ridge_importance_of_classes, forest_importance_of_classes, f_statistics, has_two_classes)
CLASSES = Importance(ridge_importance_of_classes, forest_importance_of_classes, relate_to_classes, has_two_classes)
SURVIVAL = Importance(
    lambda outcomes: ridge_importance_of_survival(outcomes[:, 0], outcomes[:, 1]),
    lambda outcomes, trees: forest_importance_of_survival(outcomes[:, 0], outcomes[:, 1], trees),
    relate_to_follow_up,
    has_event,
)
