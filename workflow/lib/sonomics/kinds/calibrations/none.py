"""No calibration: a score is taken as the log odds of a probability."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="none",
    builder="sonomics.stack.methods.calibration:NONE",
    words="Probabilities were taken as they were, without calibration",
    of_classes="sonomics.stack.methods.classes:NONE",
    serves=("binary", "classes"),
    is_fitted=False,
    is_logistic=True,
)
