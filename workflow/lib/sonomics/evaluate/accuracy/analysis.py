"""The tables of performance, and those of comparisons."""

from sonomics.evaluate.accuracy.comparisons import between_splits_table, comparison_table
from sonomics.evaluate.accuracy.curves import calibration_table, decision_table, roc_table
from sonomics.evaluate.accuracy.operating_points import operating_table
from sonomics.evaluate.accuracy.performance import performance_table
from sonomics.evaluate.accuracy.recalibration import recalibration_table
from sonomics.evaluate.accuracy.reclassification import reclassification_table
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables


def performance_tables(context: Context) -> Tables:
    """Make the tables of discrimination, calibration and decisions of every model."""
    samples, settings, sampling = context.samples, context.settings, context.sampling
    return {
        "performance": performance_table(samples, sampling),
        "roc": roc_table(samples),
        "calibration": calibration_table(samples, settings.level),
        "decision": decision_table(samples, settings.decision_thresholds, sampling),
    }


def comparison_tables(context: Context) -> Tables:
    """Make the tables of other thresholds, other models, other sets and recalibration."""
    samples, settings, level = context.samples, context.settings, context.settings.level
    return {
        "operating": operating_table(samples, settings.sensitivities, level),
        "recalibration": recalibration_table(samples, level, context.seed),
        "comparison": comparison_table(samples, context.sampling),
        "between_splits": between_splits_table(samples, level),
        "reclassification": reclassification_table(samples, level),
    }
