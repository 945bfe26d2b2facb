"""Every centre, or other value of a column, that folds leave out: how the primary model does there."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="held_out",
    builder="sonomics.evaluate.robustness.held_out:held_out_tables",
    figures="sonomics.evaluate.figures.held_out:held_out_panels",
    section="sonomics.report.sections.held_out:build",
    tables=("held_out",),
    order=45,
    page=25,
    main_only=True,
    serves=("binary", "classes", "survival"),
)
