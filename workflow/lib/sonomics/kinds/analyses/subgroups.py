"""The AUC in subgroups; hazard ratios in the same section are an analysis of their own."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis


def subgroup_columns(settings: Evaluate) -> list[str]:
    """List the columns that define subgroups."""
    return list(settings.subgroups)


KIND = Analysis(
    name="subgroups",
    builder="sonomics.evaluate.robustness.subgroups:subgroup_tables",
    figures="sonomics.evaluate.figures.forest:subgroup_panels",
    section="sonomics.report.sections.subgroups:build",
    tables=("subgroups",),
    order=60,
    page=30,
    columns=subgroup_columns,
)
