"""Several classes, nominal or ordered."""

from typing import Any

from sonomics.core.settings.tasks import ClassesTask
from sonomics.kinds.tasks import TaskKind


class ClassesKind(TaskKind):
    """The task of several classes, whose words tell whether they are ordered."""

    def describe(self, settings: Any) -> str:
        """Describe the column and its classes."""
        return self.fill(f"{self.words}, ordered" if settings.ordered else self.words, settings)


KIND = ClassesKind(
    name="classes",
    settings=ClassesTask,
    builder="sonomics.core.tasks:CLASSES",
    rank_test="sonomics.select.steps.tests:rank_several",
    importance="sonomics.select.steps.importance:CLASSES",
    penalised="sonomics.select.steps.penalised:fit_multinomial",
    page="sonomics.report.sections.classes:gather_classes",
    learner="sonomics.train.classifier:LABEL_LEARNER",
    head="sonomics.train.heads.labels:CLASSES",
    clinical_model="sonomics.train.clinical_model.classes:LEARNER",
    ratios="odds_ratios",
    reader="sonomics.evaluate.study.tasks:CLASSES",
    scores="as log probabilities where they are probabilities, were centred over the classes, scaled",
    final_model="sonomics.stack.final_model.classes:fit",
    needs_of_stack="of_classes",
    words="{column}: {classes}",
)
