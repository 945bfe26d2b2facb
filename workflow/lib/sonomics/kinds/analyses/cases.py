"""The cases with labels, follow-up and all scores, one by one."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="cases",
    builder="sonomics.evaluate.cohort.cases:case_tables",
    tables=("cases",),
    serves=("binary", "classes", "survival"),
    order=15,
)
