"""The class of the largest probability."""

from sonomics.kinds.thresholds import ThresholdKind

KIND = ThresholdKind(
    name="largest",
    builder="sonomics.stack.methods.thresholds:largest_probability",
    serves=("classes",),
    words="the class of the largest probability",
)
