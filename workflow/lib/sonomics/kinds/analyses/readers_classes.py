"""Readers of a task of several classes, alone and with the model's help."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="readers_classes",
    builder="sonomics.evaluate.readers.classes:class_reader_tables",
    section="sonomics.report.sections.readers_classes:build",
    tables=("readers_classes",),
    order=100,
    page=81,
    main_only=True,
    serves=("classes",),
)
