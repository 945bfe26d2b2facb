"""Discrimination, calibration and decisions of every model."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="performance",
    builder="sonomics.evaluate.accuracy.analysis:performance_tables",
    figures="sonomics.evaluate.figures.accuracy:performance_panels",
    tables=("performance", "roc", "calibration", "decision"),
    order=20,
)
