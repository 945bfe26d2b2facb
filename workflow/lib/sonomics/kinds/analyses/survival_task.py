"""Performance of the final models of a survival task."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="survival_task",
    builder="sonomics.evaluate.survival.task:survival_task_tables",
    figures="sonomics.evaluate.figures.survival_task:survival_task_panels",
    tables=("performance", "task_follow_up", "task_horizons", "task_calibration", "task_decision"),
    order=20,
    serves=("survival",),
)
