"""The median of the risks of training cases."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="median",
    builder="sonomics.stack.methods.survival:median_cutpoint",
    serves=("survival",),
    words="the median risk",
)
