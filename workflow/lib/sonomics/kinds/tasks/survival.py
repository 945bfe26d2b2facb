"""Time to an event, with censoring."""

from sonomics.core.settings.tasks import SurvivalTask
from sonomics.kinds.tasks import TaskKind

KIND = TaskKind(
    name="survival",
    settings=SurvivalTask,
    builder="sonomics.core.tasks:SURVIVAL",
    rank_test="sonomics.select.steps.follow_up:rank_follow_up",
    importance="sonomics.select.steps.importance:SURVIVAL",
    penalised="sonomics.select.steps.penalised:fit_cox",
    page="sonomics.report.sections.survival_task:gather_survival",
    reader="sonomics.evaluate.study.tasks:SURVIVAL",
    scores="risks of an event, were z-scored",
    final_model="sonomics.stack.final_model.survival:fit",
    learner="sonomics.train.classifiers.risks:RISK_LEARNER",
    head="sonomics.train.heads.risks:HAZARDS",
    clinical_model="sonomics.train.clinical_model.survival:LEARNER",
    ratios="hazard_ratios",
    needs_of_stack="of_risks",
    words="time to {event} in {time}, at {horizons} months",
)
