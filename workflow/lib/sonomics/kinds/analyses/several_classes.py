"""Performance of the final models of a task of several classes."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="several_classes",
    builder="sonomics.evaluate.several_classes.analysis:class_task_tables",
    figures="sonomics.evaluate.figures.classes:class_panels",
    tables=(
        "performance",
        "task_classes",
        "task_confusion",
        "task_aucs",
        "task_roc",
        "task_calibration",
        "task_calibration_curves",
    ),
    order=20,
    serves=("classes",),
)
