"""Networks that learn several tasks together, against single ones that are the same in everything else."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="together",
    builder="sonomics.evaluate.robustness.together:together_tables",
    section="sonomics.report.sections.together:build",
    tables=("together",),
    order=46,
    page=26,
    main_only=True,
    serves=("binary", "classes", "survival"),
)
