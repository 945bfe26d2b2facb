"""The cutoff with the largest Youden index; of several classes, one of each class against the rest."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="youden",
    builder="sonomics.stack.methods.thresholds:youden_cutoff",
    of_classes="sonomics.stack.methods.thresholds:youden_cutoffs",
    serves=("binary", "classes"),
    words="the largest Youden index",
)
