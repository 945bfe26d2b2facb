"""Noisy-or: the probability that one image at least is positive, as if images erred independently."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(
    name="noisy_or",
    builder="sonomics.stack.methods.pooling:pool_by_noisy_or",
    words="noisy-or of their probabilities",
    needs_probabilities=True,
    serves=("binary",),
)
