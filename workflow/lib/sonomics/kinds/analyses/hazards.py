"""Hazard ratios in subgroups, shown in the section on subgroups."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="hazards",
    builder="sonomics.evaluate.robustness.hazards:hazard_tables",
    figures="sonomics.evaluate.figures.forest:hazard_panels",
    tables=("hazard_subgroups",),
    serves=("binary", "survival"),
    order=80,
    needs=("time", "event"),
)
