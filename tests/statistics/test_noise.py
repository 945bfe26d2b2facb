"""Selecting features before splitting finds signal in pure noise; selecting inside the training half does not."""

import numpy as np

from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.selection.correlation import prune_by_p
from sonomics.statistics.selection.lasso import lambda_path, lasso_path
from sonomics.statistics.selection.univariable import mann_whitney_by_feature

REPEATS = 40
CASES, FEATURES, KEPT = 100, 300, 15


def select(features, y):
    """Columns of the smallest p values, pruned of correlated ones."""
    p = mann_whitney_by_feature(features, y)[1]
    best = np.argsort(p)[:KEPT]
    return best[prune_by_p(features[:, best], [f"x{column:03d}" for column in best], p[best], 0.8)]


def held_out_auc(features, y, columns, train, test):
    x = features[:, columns]
    mean, sd = x[train].mean(axis=0), x[train].std(axis=0)
    x = (x - mean) / sd
    path = lasso_path(x[train], y[train], lambda_path(x[train], y[train], 20)[:8])
    return auc(y[test], x[test] @ path.coefficients[-1])


def mean_aucs():
    inside, before = [], []
    for repeat in range(REPEATS):
        generator = np.random.default_rng([repeat, 20])
        features = generator.normal(size=(CASES, FEATURES))
        y = generator.permutation(np.arange(CASES) % 2)
        order = generator.permutation(CASES)
        train, test = order[: CASES // 2], order[CASES // 2 :]
        inside.append(held_out_auc(features, y, select(features[train], y[train]), train, test))
        before.append(held_out_auc(features, y, select(features, y), train, test))
    return np.mean(inside), np.mean(before)


def test_selection_inside_the_training_half_stays_at_chance():
    inside, before = mean_aucs()
    assert 0.45 <= inside <= 0.55
    assert before > 0.65
