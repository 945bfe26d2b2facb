"""Dirichlet calibration: each class's log odds from the log probabilities of all classes, shrunk towards no change."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="dirichlet",
    builder="sonomics.stack.methods.class_calibration:DIRICHLET",
    words="Scores were turned into probabilities by a penalised Dirichlet calibration",
    of_classes="sonomics.stack.methods.class_calibration:DIRICHLET",
    serves=("classes",),
    is_fitted=True,
    is_logistic=False,
)
