"""Boruta: features that are more important than the best of shuffled copies, more often than by chance."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc

from sonomics.statistics.estimates import Floats

_FEWEST_SHADOWS = 5


class Boruta(NamedTuple):
    """Columns by verdict, ascending, and in how many of their `rounds` each won, shape (f,)."""

    confirmed: list[int]
    tentative: list[int]
    rejected: list[int]
    hits: np.ndarray
    rounds: np.ndarray


def select_by_boruta(
    features: ArrayLike,
    importance: Callable[[Floats, int], Floats],
    seed: int,
    rounds: int = 100,
    level: float = 0.05,
) -> Boruta:
    """Compare features with their shuffled copies, round by round.

    Parameters
    ----------
    features : array_like, shape (n, f)
    importance : callable
        Takes columns, shape (n, k), and the seed of a round, returns how important each is, shape (k,); see
        `importance`; it holds the outcome, of any kind.
    seed : int
        Of the shuffling and of the rounds' seeds.
    rounds : int
        Most rounds, 1 or more.
    level : float
        Of the two-sided binomial test, after Bonferroni's correction for the number of features.

    Returns
    -------
    Boruta
        A round is won by being more important than every copy. Confirmed: won more often than in half the rounds;
        rejected, and left out of further rounds: less often; tentative: neither after all rounds.

    References
    ----------
    Kursa MB, Rudnicki WR, J Stat Softw 2010.
    """
    table = np.asarray(features, dtype=np.float64)
    count = table.shape[1]
    if rounds < 1 or not 0 < level < 1:
        raise ValueError("Boruta needs a round or more, and a level between 0 and 1")
    generator = np.random.default_rng(seed)
    hits, played = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    verdict = np.zeros(count, dtype=np.int64)
    for _ in range(rounds):
        left = np.flatnonzero(verdict >= 0)
        if not (verdict == 0).any():
            break
        copies = np.resize(left, max(left.size, _FEWEST_SHADOWS))
        shadows = np.stack([generator.permutation(table[:, column]) for column in copies], axis=1)
        values = importance(np.concatenate([table[:, left], shadows], axis=1), int(generator.integers(2**31)))
        open_ = verdict[left] == 0
        won = values[: left.size] > values[left.size :].max()
        hits[left[open_ & won]] += 1
        played[left[open_]] += 1
        chance_up = bdtrc(hits - 1, np.maximum(played, 1), 0.5)
        chance_down = bdtr(hits, np.maximum(played, 1), 0.5)
        undecided = verdict == 0
        verdict[undecided & (hits > 0) & (2 * count * chance_up < level)] = 1
        verdict[undecided & (2 * count * chance_down < level)] = -1
    confirmed, tentative, rejected = (np.flatnonzero(verdict == value).tolist() for value in (1, 0, -1))
    return Boruta(confirmed, tentative, rejected, hits, played)
