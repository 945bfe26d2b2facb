"""Steps that drop features which repeat what others say."""

import numpy as np

from sonomics.core.registry import load
from sonomics.kinds.steps.correlation import Correlation
from sonomics.kinds.steps.mrmr import Relevance
from sonomics.select.steps.importance import Importance
from sonomics.select.steps.training import FEW_ROWS, NO_FEATURE, Kept, Training
from sonomics.statistics.selection.correlation import prune_by_mean_correlation, prune_by_p
from sonomics.statistics.selection.mrmr import select_by_mrmr


def keep_uncorrelated(names: list[str], training: Training, step: Correlation) -> Kept:
    """Of two features correlated `above` a value (`method`: pearson or spearman), drop one.

    `drop` says which: "mean_correlation", the one with the higher mean correlation with those that are left; or
    "larger_p", the one with the larger P of the rank test between the classes.
    """
    if not names:
        return Kept([], NO_FEATURE)
    values = training.fill(names).to_numpy()
    if step.drop == "larger_p":
        p = load(training.kind.rank_test)(values, training.labels)
        if np.isnan(p).all():
            return Kept([], FEW_ROWS)
        kept = sorted(prune_by_p(values, names, p, step.above, step.method))
    else:
        kept = prune_by_mean_correlation(values, names, step.above, step.method)
    return Kept([names[column] for column in kept])


def keep_by_mrmr(names: list[str], training: Training, step: Relevance) -> Kept:
    """Keep the `count` features with the largest relevance to the outcome and the least redundancy."""
    importance: Importance = load(training.kind.importance)
    if not names:
        return Kept([], NO_FEATURE)
    values = training.fill(names).to_numpy()
    chosen = select_by_mrmr(values, names, importance.relevance(values, training.labels), step.count)
    return Kept([names[column] for column in sorted(chosen)], "" if chosen else FEW_ROWS)
