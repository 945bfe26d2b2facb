"""The median score of a case's images."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(name="median", builder="sonomics.stack.methods.pooling:pool_by_median", words="median")
