"""Random survival forest: trees split by the log-rank statistic, their cumulative hazards averaged."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sonomics.core.rows import apply_in_batches
from sonomics.statistics.estimates import Booleans, Floats
from sonomics.statistics.inputs import check_follow_up

Integers = NDArray[np.int64]
# Of the log-rank statistic: what is less comes of rounding.
LEAST_VARIANCE = 1e-10


class SurvivalForest(NamedTuple):
    """All trees, node by node; a leaf leads to itself.

    Attributes
    ----------
    times : ndarray, shape (m,)
        Distinct event times of training, ascending.
    last : float
        Last follow-up of training.
    roots : ndarray of int, shape (trees,)
        First node of every tree.
    feature, left, right, leaf : ndarray of int, shape (nodes,)
        A row goes left where its feature is at or below the threshold; `leaf` is the row of `hazard`, -1 of a split.
    threshold : ndarray, shape (nodes,)
    hazard : ndarray, shape (leaves, m)
        Nelson and Aalen's cumulative hazard of the rows of every leaf at `times`.
    """

    times: Floats
    last: float
    roots: Integers
    feature: Integers
    threshold: Floats
    left: Integers
    right: Integers
    leaf: Integers
    hazard: Floats


class Split(NamedTuple):
    """A split of a node: a column, the value up to which rows go left, and the squared log-rank statistic."""

    column: int
    threshold: float
    statistic: float


def fit_forest(
    time: ArrayLike, event: ArrayLike, x: ArrayLike, draws: list[Integers], tried: int, least: int, seed: int
) -> SurvivalForest:
    """Grow one tree on every draw of rows.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    x : array_like, shape (n, p)
        Finite; without a column every tree is one leaf.
    draws : list of ndarray of int
        The rows of each tree; a row may be drawn more than once.
    tried : int
        Columns that each node may choose among, drawn at random.
    least : int
        Fewest rows of a leaf.
    seed : int
        Of the columns tried.

    Returns
    -------
    SurvivalForest
        Without an event every hazard is 0, and `times` is empty.

    Raises
    ------
    ValueError
        If a time or an event is NaN.

    References
    ----------
    Ishwaran H, Kogalur UB, Blackstone EH, Lauer MS, Ann Appl Stat 2008.
    """
    happened, times = check_follow_up(time, event)
    values = np.asarray(x, dtype=np.float64)
    moments = np.unique(times[happened])
    generator = np.random.default_rng(seed)
    nodes: list[tuple[int, float, int, int, int]] = []
    leaves: list[Floats] = []

    def grow(rows: Integers) -> int:
        """Add the node of some rows and all below it; return its number."""
        number = len(nodes)
        nodes.append((0, 0.0, number, number, -1))
        columns = generator.permutation(values.shape[1])[:tried]
        split = find_split(times[rows], happened[rows], values[rows], columns, least)
        if split is None:
            nodes[number] = (0, 0.0, number, number, len(leaves))
            leaves.append(nelson_aalen_at(times[rows], happened[rows], moments))
        else:
            goes_left = values[rows, split.column] <= split.threshold
            children = grow(rows[goes_left]), grow(rows[~goes_left])
            nodes[number] = (split.column, split.threshold, *children, -1)
        return number

    roots = [grow(np.asarray(rows)) for rows in draws]
    feature, threshold, left, right, leaf = zip(*nodes, strict=True)
    whole = (np.array(column, dtype=np.int64) for column in (roots, feature, left, right, leaf))
    roots_, feature_, left_, right_, leaf_ = whole
    return SurvivalForest(
        moments, float(times.max()), roots_, feature_, np.array(threshold), left_, right_, leaf_, np.stack(leaves)
    )


def find_split(times: Floats, happened: Booleans, values: Floats, columns: Integers, least: int) -> Split | None:
    """Find the split of some rows with the largest log-rank statistic; None without one.

    Parameters
    ----------
    times : ndarray, shape (n,)
    happened : ndarray of bool, shape (n,)
    values : ndarray, shape (n, p)
    columns : ndarray of int
        Those to choose among; of equal ones the first.
    least : int
        Fewest rows of either side.

    References
    ----------
    Mantel N, Cancer Chemother Rep 1966 (the hypergeometric variance).
    """
    count = len(times)
    moments, events = np.unique(times[happened], return_counts=True)
    if count < 2 * least or not moments.size:
        return None
    at_risk = (times[:, None] >= moments).astype(np.float64)
    total = at_risk.sum(axis=0)
    # Events less those expected of a row; summed over the rows of one side, the numerator of the log-rank test.
    excess = happened - (at_risk * (events / total)).sum(axis=1)
    weight = events * (total - events) / np.maximum(total - 1, 1)
    best: Split | None = None
    for column in columns:
        order = np.argsort(values[:, column], kind="stable")
        ordered = values[order, column]
        share = np.cumsum(at_risk[order], axis=0)[least - 1 : count - least] / total
        variance = (share * (1 - share) * weight).sum(axis=1)
        observed = np.cumsum(excess[order])[least - 1 : count - least]
        below, above = ordered[least - 1 : count - least], ordered[least : count - least + 1]
        possible = (below < above) & (variance > LEAST_VARIANCE)
        statistic = np.where(possible, observed**2 / np.where(possible, variance, 1.0), 0.0)
        at = int(statistic.argmax())
        if statistic[at] > (best.statistic if best else 0.0):
            middle = below[at] + (above[at] - below[at]) / 2
            best = Split(int(column), float(middle if middle < above[at] else below[at]), float(statistic[at]))
    return best


def nelson_aalen_at(times: Floats, happened: Booleans, moments: Floats) -> Floats:
    """Estimate the cumulative hazard at some moments, shape (m,); it stays where nobody is at risk any more.

    References
    ----------
    Nelson W, J Qual Technol 1969; Aalen O, Ann Stat 1978.
    """
    at_risk = (times[:, None] >= moments).sum(axis=0)
    events = ((times[:, None] == moments) & happened[:, None]).sum(axis=0)
    return np.asarray(np.cumsum(events / np.maximum(at_risk, 1)), dtype=np.float64)


def predict_hazard(forest: SurvivalForest, x: ArrayLike) -> Floats:
    """Predict the cumulative hazard at the event times of training: the mean over the trees; each row's by itself.

    Parameters
    ----------
    forest : SurvivalForest
    x : array_like, shape (n, p)

    Returns
    -------
    ndarray, shape (n, m)
    """
    values = np.asarray(x, dtype=np.float64)
    if not len(values):
        return np.empty((0, forest.times.size))
    # A column of zeros, which every leaf of a forest without columns looks at.
    values = values if values.shape[1] else np.zeros((len(values), 1))
    return apply_in_batches(lambda rows: _average_leaves(forest, rows), values)


def _average_leaves(forest: SurvivalForest, rows: Floats) -> Floats:
    sums = np.zeros((len(rows), forest.times.size))
    number = np.arange(len(rows))
    for root in forest.roots:
        node = np.full(len(rows), root)
        while (forest.leaf[node] < 0).any():
            goes_left = rows[number, forest.feature[node]] <= forest.threshold[node]
            node = np.where(goes_left, forest.left[node], forest.right[node])
        sums += forest.hazard[forest.leaf[node]]
    return sums / len(forest.roots)
