"""The cutoff with the largest accuracy."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="accuracy", builder="sonomics.stack.methods.thresholds:accuracy_cutoff", words="the largest accuracy"
)
