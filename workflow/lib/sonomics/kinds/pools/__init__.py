"""Ways to make one score of a case's images, `stack.pool`."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.choices import Choice


@dataclass(frozen=True, kw_only=True)
class PoolKind(Choice):
    """A way to pool scores, and its words after `pooled over a case's images by the`.

    Its builder is a function `pool(scores) -> scores`, from scores grouped by case, a pandas SeriesGroupBy, to a Series
    with one score per case.
    """


POOLS: Group[PoolKind] = Group("pools", "stack.pool")
