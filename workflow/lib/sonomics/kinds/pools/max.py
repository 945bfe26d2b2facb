"""The largest score of a case's images."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(name="max", builder="sonomics.stack.pool:pool_by_maximum", words="maximum")
