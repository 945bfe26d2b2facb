"""The mean score of a case's images."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(name="mean", builder="sonomics.stack.methods.pooling:pool_by_mean", words="mean")
