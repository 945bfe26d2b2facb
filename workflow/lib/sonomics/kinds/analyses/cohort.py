"""The cases: counted by split, described, and their missing values."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="cohort",
    builder="sonomics.evaluate.cohort.analysis:cohort_tables",
    tables=("splits", "baseline", "missing"),
    serves=("binary", "classes", "survival"),
    order=10,
)
