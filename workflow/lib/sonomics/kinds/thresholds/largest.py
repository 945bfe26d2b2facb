"""The class of the largest probability."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="largest",
    builder="sonomics.stack.methods.thresholds:give_no_cutoffs",
    serves=("classes",),
    words="the class of the largest probability",
)
