"""Logistic calibration (Platt)."""

from sonomics.kinds.calibrations import CalibrationKind

KIND = CalibrationKind(
    name="platt",
    builder="sonomics.stack.methods.calibration:PLATT",
    words="Scores were turned into probabilities by a logistic calibration (Platt)",
    of_risks="a Cox model of the risk with its baseline hazard",
    of_classes="sonomics.stack.methods.classes:SOFTMAX",
    serves=("binary", "classes", "survival"),
    is_fitted=True,
    is_logistic=True,
)
