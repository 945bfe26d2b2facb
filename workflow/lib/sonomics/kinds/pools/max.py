"""The largest score of a case's images."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(name="max", builder="sonomics.stack.methods.pooling:pool_by_maximum", words="maximum")
