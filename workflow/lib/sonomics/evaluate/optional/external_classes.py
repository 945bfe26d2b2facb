"""Models from elsewhere that answer a task of several classes: a row per case and class."""

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.settings.evaluate import ExternalModel
from sonomics.core.tables import checked_table
from sonomics.core.words import canonical_column
from sonomics.evaluate.optional.classes import pivot_probabilities
from sonomics.evaluate.optional.external_models import Question, complete_columns, name_import, read_rows
from sonomics.evaluate.samples.models import PROBABILITY, Model

DECISION = "the class of the largest probability"


def import_classes(
    name: str, settings: ExternalModel, question: Question, cohort: pd.DataFrame, labels: pd.Series
) -> tuple[pd.DataFrame, Model]:
    """Read the probabilities of all classes by one model from elsewhere.

    Parameters
    ----------
    name : str
    settings : ExternalModel
        Its file has the columns case, class and value.
    question : Question
    cohort : DataFrame
    labels : Series
        Not used: the class of the largest probability needs no threshold.

    Returns
    -------
    predictions : DataFrame
        Schema PREDICTIONS, of this task.
    model : Model

    Raises
    ------
    StudyError
        When a column, a class of the task or a case's row of a class is missing, or as of `pivot_probabilities`.
    """
    where = name_import(name, settings)
    frame = read_rows(settings, ("case", "class", "value"), cohort, where)
    own = frame[frame["task"] == question.task] if "task" in frame else frame
    named = canonical_column(own["class"])
    if absent := [word for word in question.classes if word not in set(named)]:
        rule = f"no row is of the class {absent[0]}"
        raise StudyError(where, rule, f"give every case a row of each class: {', '.join(question.classes)}")
    pivot_probabilities(own, question.classes, where)
    if lacking := int((own["case"].value_counts() < len(question.classes)).sum()):
        rule = f"{lacking} of the cases have no row of one of the classes"
        raise StudyError(where, rule, "give every case a row of each class, with an empty value if it is unknown")
    table = complete_columns(own.assign(**{"class": named}), name, question.task, cohort, where)
    table = table.assign(kind=PROBABILITY, horizon=np.nan)
    return checked_table(table, PREDICTIONS, where), Model(name, float("nan"), PROBABILITY, DECISION, developed=False)
