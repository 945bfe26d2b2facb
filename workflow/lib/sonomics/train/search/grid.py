"""Choose hyperparameters by their AUC in inner folds of the training rows; of several classes, the mean AUC."""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.settings.train import Model
from sonomics.kinds.models import Search
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.train.classifiers.fit import POSITIVE, fit_classifier, score_rows

# AUCs closer than this are equal: they differ by the rounding of a sum.
DECIMALS = 12


def choose_values(
    settings: Model,
    search: Search[Any],
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    groups: NDArray[np.str_],
    seed: int,
) -> Model:
    """Choose among all combinations of `search.values` by the mean AUC over inner folds, stratified by class.

    Parameters
    ----------
    settings : Model
        One of `train.models`.
    search : Search
        Its `search`.
    values : (rows, features) array
    labels : (rows,) array of 0 and 1, or of the places of classes
    groups : (rows,) array of str
        The rows of a group stay in one inner fold.
    seed : int

    Returns
    -------
    Model
        The settings with the values chosen; of equal ones the first in the order of params, which is also what is
        returned when a class has too few groups for two inner folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    tried = search.tried
    combinations = (dict(zip(tried, values, strict=True)) for values in product(*tried.values()))
    candidates = [settings.model_copy(update=combination) for combination in combinations]
    codes = sorted(set(labels.tolist()))
    judged = codes if len(codes) > 2 else POSITIVE
    fewest_groups = min(len(set(groups[labels == label])) for label in codes)
    count = min(search.folds, fewest_groups)
    if count < 2:
        return candidates[0]
    inner_folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(values, labels, groups)
    aucs = np.full((len(candidates), count), np.nan)
    for fold, (fitted, scored) in enumerate(inner_folds):
        if len(set(labels[fitted])) < len(codes):
            continue
        for number, candidate in enumerate(candidates):
            classifier = fit_classifier(candidate, values[fitted], labels[fitted], seed)
            aucs[number, fold] = mean_auc(labels[scored], score_rows(classifier, values[scored], judged)[1], judged)
    is_estimable = ~np.isnan(aucs).all(axis=0)
    if not is_estimable.any():
        return candidates[0]
    return candidates[int(np.argmax(aucs[:, is_estimable].mean(axis=1).round(DECIMALS)))]
