"""Two labels, positive and negative."""

from typing import Any

from sonomics.core.settings.tasks import BinaryTask
from sonomics.kinds.tasks import TaskKind


class BinaryKind(TaskKind):
    """The binary task, whose words depend on how its label is stated."""

    def describe(self, settings: Any) -> str:
        """Describe how a case gets its label."""
        return settings.rule or f"{settings.column} = {settings.positive}"


KIND = BinaryKind(
    name="binary",
    settings=BinaryTask,
    builder="sonomics.core.tasks:BINARY",
    rank_test="sonomics.select.steps.tests:rank_two",
    importance="sonomics.select.steps.importance:BINARY",
    penalised="sonomics.select.steps.penalised:fit_binomial",
    page="sonomics.report.sections.performance:gather_binary",
    learner="sonomics.train.classifier:LABEL_LEARNER",
    head="sonomics.train.heads.labels:BINARY",
    clinical_model="sonomics.train.clinical_model.binary:LEARNER",
    ratios="odds_ratios",
    reader="sonomics.evaluate.study.tasks:BINARY",
    scores="as log odds where they are probabilities, were z-scored",
    final_model="sonomics.stack.final_model.binary:fit",
    words="",
)
