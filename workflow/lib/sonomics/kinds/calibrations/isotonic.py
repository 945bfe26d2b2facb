"""Isotonic calibration: non-decreasing steps, for some hundred cases or more."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="isotonic",
    builder="sonomics.stack.methods.calibration:ISOTONIC",
    words="Scores were turned into probabilities by isotonic regression",
    of_classes="sonomics.stack.methods.classes:ISOTONIC",
    serves=("binary", "classes"),
    is_fitted=True,
    is_logistic=False,
)
