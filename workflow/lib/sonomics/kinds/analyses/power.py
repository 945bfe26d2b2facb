"""Sample size, precision and power; it reads the table of the comparisons."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="power",
    builder="sonomics.evaluate.cohort.power:power_tables",
    section="sonomics.report.sections.power:build",
    tables=("power",),
    order=150,
    page=100,
)
