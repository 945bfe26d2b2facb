"""The cutoff with the largest accuracy."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="accuracy", builder="sonomics.statistics.classification.cutoffs:accuracy_cutoff", words="the largest accuracy"
)
