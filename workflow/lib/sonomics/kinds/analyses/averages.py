"""Macro and weighted precision, recall and F1 of a binary task, shown with performance."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="averages",
    builder="sonomics.evaluate.accuracy.averages:average_tables",
    tables=("label_averages",),
    order=25,
)
