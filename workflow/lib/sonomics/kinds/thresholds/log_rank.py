"""The cutpoint of the risk with the largest log-rank statistic."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="log_rank",
    builder="sonomics.stack.methods.survival:log_rank_cutpoint",
    serves=("survival",),
    words="the largest log-rank statistic",
)
