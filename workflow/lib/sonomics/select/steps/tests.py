"""Steps that test each feature between the classes."""

import numpy as np
from numpy.typing import NDArray

from sonomics.kinds.steps import Significance
from sonomics.select.steps.training import FEW_ROWS, NO_FEATURE, Kept, Training
from sonomics.statistics.comparison.multiple_testing import CORRECTIONS
from sonomics.statistics.selection.several_classes import anova_by_feature, kruskal_by_feature
from sonomics.statistics.selection.univariable import mann_whitney_by_feature, welch_by_feature


def keep_by_u_test(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Mann-Whitney U test `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = mann_whitney_by_feature(training.fill(names).to_numpy(), training.labels)
    return _keep_significant(names, p, step)


def keep_by_t_test(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Welch t test `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = welch_by_feature(training.fill(names).to_numpy(), training.labels)
    return _keep_significant(names, p, step)


def keep_by_kruskal(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with a Kruskal-Wallis test `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = kruskal_by_feature(training.fill(names).to_numpy(), training.labels)
    return _keep_significant(names, p, step)


def keep_by_anova(names: list[str], training: Training, step: Significance) -> Kept:
    """Keep features with an analysis of variance `below` a P, after `correction` (none, bh or bonferroni)."""
    _, p = anova_by_feature(training.fill(names).to_numpy(), training.labels)
    return _keep_significant(names, p, step)


def _keep_significant(names: list[str], p: NDArray[np.float64], step: Significance) -> Kept:
    if np.isnan(p).all():
        return Kept([], FEW_ROWS if names else NO_FEATURE)
    corrected = CORRECTIONS[step.correction](p)
    return Kept([name for name, value in zip(names, corrected, strict=True) if value < step.below])
