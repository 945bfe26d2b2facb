"""Mean AUC or concordance in subgroups, for tasks that are not binary."""

from sonomics.kinds.analyses import Analysis
from sonomics.kinds.analyses.subgroups import subgroup_columns

KIND = Analysis(
    name="ranking_subgroups",
    builder="sonomics.evaluate.ranking.analysis:subgroup_tables",
    figures="sonomics.evaluate.figures.forest:subgroup_panels",
    section="sonomics.report.sections.subgroups:build",
    tables=("subgroups",),
    serves=("classes", "survival"),
    order=60,
    page=31,
    columns=subgroup_columns,
)
