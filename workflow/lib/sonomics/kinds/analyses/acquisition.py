"""How the images were acquired, by set."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="acquisition",
    builder="sonomics.evaluate.cohort.acquisition:acquisition_tables",
    section="sonomics.report.sections.acquisition:build",
    tables=("acquisition",),
    serves=("binary", "classes", "survival"),
    order=12,
    page=95,
    main_only=True,
)
