"""Performance of the final models of a survival task."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="survival_task",
    builder="sonomics.evaluate.survival.task:survival_task_tables",
    tables=("performance", "task_follow_up"),
    order=20,
    serves=("survival",),
)
