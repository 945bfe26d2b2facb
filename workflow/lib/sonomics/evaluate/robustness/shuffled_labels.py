"""Runs whose training labels were dealt out at random, taken together.

On an unseen set one such run says little: its model leans on whatever the dealt labels happened to go with, and strong
features carry it off chance, either way, far beyond the interval of a single AUC. Over many deals the mean is 0.5
unless something leaks (the mean of a permutation distribution: Ojala and Garriga, JMLR 2010).
"""

from collections.abc import Mapping
from typing import Any

from sonomics.core.params import deals_labels
from sonomics.statistics.comparison.description import mean_interval

FEWEST = 3


def over_deals(metrics: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Average the primary model's AUC over the variants that deal out training labels.

    Parameters
    ----------
    metrics : mapping
        `{variant: {task: {split: figures}}}`, as `summarise.gather` makes it.
    params : mapping
        With `study.variants` and `evaluate.level`.

    Returns
    -------
    dict
        `{task: {split: {auc, auc_lower, auc_upper, deals}}}`: the mean, Student's t interval over deals (NaN where no
        AUC is estimable) and their number; empty with fewer than three such variants.
    """
    names = [name for name in params["study"]["variants"] if deals_labels(params, name)]
    if len(names) < FEWEST:
        return {}
    first = metrics[names[0]]
    return {task: {split: _pooled(metrics, names, task, split, params) for split in first[task]} for task in first}


def _pooled(
    metrics: Mapping[str, Any], names: list[str], task: str, split: str, params: Mapping[str, Any]
) -> dict[str, float]:
    mean = mean_interval([metrics[name][task][split]["auc"] for name in names], params["evaluate"]["level"])
    return {"auc": mean.estimate, "auc_lower": mean.lower, "auc_upper": mean.upper, "deals": len(names)}
