"""Temperature: one slope for all classes, which moves no class before another."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="temperature",
    builder="sonomics.stack.methods.class_calibration:TEMPERATURE",
    words="Scores were turned into probabilities by temperature scaling",
    of_classes="sonomics.stack.methods.class_calibration:TEMPERATURE",
    serves=("classes",),
    is_fitted=True,
    is_logistic=False,
)
