"""Kinds of tasks, `study.tasks.*.type`: what the outcome of a case is, and what each phase asks of it."""

from dataclasses import dataclass

from sonomics.core.registry import Group
from sonomics.kinds.wording import DescribedKind


@dataclass(frozen=True, kw_only=True)
class TaskKind(DescribedKind):
    """A kind of task.

    Its builder is an `Outcome` (`core.task_kinds.outcome`): how the outcomes of cases are read, checked and shuffled.

    Attributes
    ----------
    final_model : str
        `module:function` of `fit(predictions, outcomes, final, settings, threshold, task) -> Final`, in `stack`: the
        base models of a final model combined, calibrated, and turned into decisions.
    rank_test : str
        `module:function` of `test(values, labels) -> P of every feature`, in `select`.
    importance : str
        `module:name` of an `Importance`, in `select`: how its steps weigh features for the outcomes.
    penalised : str
        `module:function` of `fit(names, values, training, inner folds, mixing, rule) -> PenalisedModel`, in `select`.
    page : str
        `module:function` of `gather(evaluation) -> what the page shows of performance`, in `report`.
    learner : str
        `module:name` of a `Learner`, in `train`: how a model is fitted on its outcomes, and what it predicts.
    head : str
        `module:name` of a `TaskHead`, in `train`: how a network learns its outcomes, and what it predicts.
    clinical_model : str
        `module:name` of a `ClinicalLearner`, in `train`: the clinical model of its outcomes.
    ratios : str
        Name of the table of a clinical model, and of its rows in the model's state: `odds_ratios`, `hazard_ratios`.
    reader : str
        `module:name` of a `TaskReader`, in `evaluate`: what the evaluation makes of the cases.
    scores : str
        What becomes of the scores of several base models before they are combined, in words.
    needs_of_stack : str
        The attribute that calibrations and combinations must have to serve it; "" where all do.
    """

    final_model: str
    rank_test: str
    importance: str
    penalised: str
    page: str
    learner: str
    head: str
    clinical_model: str
    ratios: str
    reader: str
    scores: str
    needs_of_stack: str = ""


TASKS: Group[TaskKind] = Group("tasks", "study.tasks")
