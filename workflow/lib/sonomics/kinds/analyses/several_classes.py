"""Performance of the final models of a task of several classes."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="several_classes",
    builder="sonomics.evaluate.several_classes.analysis:class_task_tables",
    tables=("performance", "task_classes", "task_confusion"),
    order=20,
    serves=("classes",),
)
