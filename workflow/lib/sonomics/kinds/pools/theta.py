"""Theta of an exam: the mean of -ln(1 - P) over its images, which has no upper end."""

from sonomics.kinds.pools import PoolKind

KIND = PoolKind(
    name="theta",
    builder="sonomics.stack.methods.pooling:pool_to_theta",
    words="mean of -ln(1 - P) of an exam",
    needs_probabilities=True,
    by_exam=True,
    to_log_odds="sonomics.stack.methods.pooling:theta_to_log_odds",
    serves=("binary",),
)
