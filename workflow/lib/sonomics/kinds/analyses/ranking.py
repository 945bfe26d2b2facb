"""Other models, other sets and other runs, for tasks that are not binary."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="ranking",
    builder="sonomics.evaluate.ranking.analysis:ranking_tables",
    section="sonomics.report.sections.ranking:build",
    tables=("comparison", "between_splits", "sensitivity"),
    serves=("classes", "survival"),
    order=30,
    page=11,
)
