"""Time to an event, with censoring."""

from sonomics.core.settings.tasks import SurvivalTask
from sonomics.kinds.tasks import TaskKind

KIND = TaskKind(
    name="survival",
    settings=SurvivalTask,
    builder="sonomics.core.tasks:SURVIVAL",
    rank_test="",
    penalised="",
    page="",
    final_model="",
    words="time to {event} in {time}, at {horizons} months",
)
