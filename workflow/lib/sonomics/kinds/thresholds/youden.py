"""The cutoff with the largest Youden index."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="youden", builder="sonomics.stack.methods.thresholds:youden_cutoff", words="the largest Youden index"
)
