"""Other thresholds, other models and other sites: what they would change."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="comparisons",
    builder="sonomics.evaluate.accuracy.analysis:comparison_tables",
    section="sonomics.report.sections.comparisons:build",
    tables=("operating", "recalibration", "comparison", "between_splits", "reclassification"),
    order=30,
    page=10,
)
