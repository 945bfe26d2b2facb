"""Runs whose training labels were permuted at random, taken together.

On an unseen set one such run says little: its model leans on whatever the permuted labels happened to go with, and
strong features carry its AUC away from 0.5, either way, far beyond the interval of a single AUC. Over many permutations
the mean is 0.5 unless something leaks (the mean of a permutation distribution: Ojala and Garriga, JMLR 2010).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sonomics.statistics.comparison.description import mean_interval

FEWEST = 3


def average_permutations(metrics: Mapping[str, Any], variants: Sequence[str], level: float) -> dict[str, Any]:
    """Average the primary model's AUC over the variants that permute the training labels.

    Parameters
    ----------
    metrics : mapping
        `{variant: {task: {split: figures}}}`, as `summarise.gather` makes it.
    variants : sequence of str
        Those that permute the training labels.
    level : float
        Confidence level.

    Returns
    -------
    dict
        `{task: {split: {auc, auc_lower, auc_upper, deals}}}`: the mean, Student's t interval over permutations (NaN
        where no AUC is estimable) and their number; empty with fewer than three such variants.
    """
    if len(variants) < FEWEST:
        return {}
    first = metrics[variants[0]]
    return {task: {split: _average(metrics, variants, task, split, level) for split in first[task]} for task in first}


def _average(
    metrics: Mapping[str, Any], variants: Sequence[str], task: str, split: str, level: float
) -> dict[str, float]:
    mean = mean_interval([metrics[variant][task][split]["auc"] for variant in variants], level)
    return {"auc": mean.estimate, "auc_lower": mean.lower, "auc_upper": mean.upper, "deals": len(variants)}
