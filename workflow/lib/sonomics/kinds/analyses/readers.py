"""Readers, alone and with the model's help."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="readers",
    builder="sonomics.evaluate.readers.study:reader_study_tables",
    figures="sonomics.evaluate.figures.readers:reader_panels",
    section="sonomics.report.sections.readers:build",
    tables=(
        "readers_auc",
        "readers_points",
        "readers_roc",
        "readers_aid",
        "readers_mrmc",
        "readers_levels",
        "readers_agreement",
        "readers_reference",
    ),
    order=100,
    page=80,
    main_only=True,
)
