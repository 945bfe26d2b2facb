"""Ways to make one score of a case's images, `stack.pool`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class PoolKind(Choice):
    """A way to pool scores, and its words after `pooled over a case's images by the`.

    Its builder is a function `pool(scores) -> scores`, from scores grouped by case, or by exam, a pandas SeriesGroupBy,
    to a Series with one score per group.

    Attributes
    ----------
    needs_probabilities : bool
        Whether scores of other kinds are refused, and a probability counts as at most 1 - `stack.eps`.
    by_exam : bool
        Whether each exam is pooled by itself; a case with several exams then has their mean.
    to_log_odds : str
        `module:function` from pooled values, which may be weighted and added, to the log odds of the probability that
        they stand for; "" where probabilities stay probabilities.
    serves : tuple of str
        Kinds of tasks that it is for.
    """

    needs_probabilities: bool = False
    by_exam: bool = False
    to_log_odds: str = ""
    serves: tuple[str, ...] = ("binary", "classes", "survival")


POOLS: Group[PoolKind] = Group("pools", "stack.pool")
