"""Other models, other sets, other runs and subgroups, for tasks that are not binary."""

from sonomics.kinds.analyses import Analysis
from sonomics.kinds.analyses.subgroups import subgroup_columns

KIND = Analysis(
    name="ranking",
    builder="sonomics.evaluate.ranking.analysis:ranking_tables",
    figures="sonomics.evaluate.figures.forest:subgroup_panels",
    section="sonomics.report.sections.ranking:build",
    tables=("comparison", "between_splits", "subgroups", "sensitivity"),
    serves=("classes", "survival"),
    order=60,
    page=10,
    columns=subgroup_columns,
)
