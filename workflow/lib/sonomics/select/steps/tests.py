"""Steps that test each feature between the classes."""

import numpy as np
from numpy.typing import NDArray

from sonomics.kinds.steps import Significance
from sonomics.select.steps.training import FEW_ROWS, NO_FEATURE, Kept, Training
from sonomics.statistics.comparison.multiple_testing import CORRECTIONS
from sonomics.statistics.selection.univariable import mann_whitney_by_feature, welch_by_feature
from sonomics.statistics.selection.univariable_classes import anova_by_feature, kruskal_wallis_by_feature


def keep_by_u_test(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Mann-Whitney U test `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = mann_whitney_by_feature(training.fill(names).to_numpy(), training.labels)
    return keep_significant(names, p, step)


def keep_by_t_test(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Welch t test `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = welch_by_feature(training.fill(names).to_numpy(), training.labels)
    return keep_significant(names, p, step)


def keep_by_kruskal(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Kruskal-Wallis test `below` a P, after `correction` (none, bh or bonferroni)."""
    p = kruskal_wallis_by_feature(training.fill(names).to_numpy(), training.labels).p
    return keep_significant(names, p, step)


def keep_by_anova(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with an analysis of variance `below` a P, after `correction` (none, bh or bonferroni)."""
    p = anova_by_feature(training.fill(names).to_numpy(), training.labels).p
    return keep_significant(names, p, step)


def rank_two(values: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the P of the Mann-Whitney U test of every feature between two labels."""
    return mann_whitney_by_feature(values, labels)[1]


def rank_several(values: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the P of the Kruskal-Wallis test of every feature between several classes."""
    return kruskal_wallis_by_feature(values, labels).p


def keep_significant(names: list[str], p: NDArray[np.float64], step: Significance) -> Kept:
    """Keep the features with a corrected P `below` that of the step."""
    if np.isnan(p).all():
        return Kept([], FEW_ROWS if names else NO_FEATURE)
    corrected = CORRECTIONS[step.correction](p)
    return Kept([name for name, value in zip(names, corrected, strict=True) if value < step.below])
