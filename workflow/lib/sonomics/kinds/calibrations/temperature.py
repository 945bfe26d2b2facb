"""Temperature: one slope for all classes; probabilities become more or less certain, the largest stays the largest."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="temperature",
    builder="",
    words="Scores were turned into probabilities by temperature scaling",
    of_classes="sonomics.stack.methods.class_calibration:TEMPERATURE",
    serves=("classes",),
    is_fitted=True,
    is_logistic=False,
)
