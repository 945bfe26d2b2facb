"""Models from elsewhere that answer a survival task: a risk, or a probability of the event by each horizon."""

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import PREDICTIONS, RISK, TRAIN
from sonomics.core.settings.evaluate import ExternalModel
from sonomics.core.tables import checked_table
from sonomics.evaluate.optional.external_models import (
    NO_END,
    Question,
    check_probabilities,
    complete_columns,
    name_import,
    read_rows,
    turn_cutoff,
    turn_up,
)
from sonomics.evaluate.samples.models import PROBABILITY, SCORE, Model
from sonomics.evaluate.samples.predictions import rows_out_of_sample

HORIZON = "horizon"


def import_risks(
    name: str, settings: ExternalModel, question: Question, cohort: pd.DataFrame, labels: pd.Series
) -> tuple[pd.DataFrame, Model]:
    """Read the risks of one model from elsewhere.

    Parameters
    ----------
    name : str
    settings : ExternalModel
        Its file has the columns case and value: a risk (`kind: risk`, higher is an earlier event), a score whose
        positive end the settings state, or, with the column horizon, a row per case and horizon with the probability
        of the event by then (of none, where `positive` is low).
    question : Question
    cohort : DataFrame
    labels : Series
        Not used: the cutpoint looks at no outcome.

    Returns
    -------
    predictions : DataFrame
        Schema PREDICTIONS, of this task: a risk per case, higher for an earlier event, and the probabilities where
        they are given. Without a risk the probability by the longest horizon is the risk.
    model : Model
        With the cutpoint that the settings state, else the median risk of training cases, else none.

    Raises
    ------
    StudyError
        When a column, or a case's row of a horizon, is missing; a horizon is not one of the task's; a probability is
        outside 0 to 1 or falls with the horizon; a score comes without its positive end.
    """
    where = name_import(name, settings)
    frame = read_rows(settings, ("case", "value"), cohort, where)
    at_horizon = frame[HORIZON].notna() if HORIZON in frame else pd.Series(False, index=frame.index)
    if "kind" not in frame:
        frame = frame.assign(kind=np.where(at_horizon, PROBABILITY, SCORE))
    table = complete_columns(frame, name, question.task, cohort, where)
    own = table[table["task"] == question.task]
    check_probabilities(own, where)
    if settings.positive is None and (own["kind"] == SCORE).any():
        raise StudyError(where, NO_END, f"state evaluate.external_models.{name}.positive: high or low")
    is_probability = own["kind"] == PROBABILITY
    _check_horizons(own, is_probability, question.horizons, frame.index, where)
    turned = turn_up(own, settings)
    _check_order(turned[is_probability], frame.index, where)
    risks = turned[~is_probability]
    on = RISK
    if risks.empty:
        risks, on = turned[turned[HORIZON] == max(question.horizons)], PROBABILITY
    risks = risks.assign(kind=RISK, horizon=np.nan)
    predictions = checked_table(pd.concat([risks, turned[is_probability]]), PREDICTIONS, where)
    return predictions, _build_model(name, settings, risks, on)


def _build_model(name: str, settings: ExternalModel, risks: pd.DataFrame, on: str) -> Model:
    if settings.cutoff is not None:
        cutoff, rule = turn_cutoff(settings, on)
        return Model(name, cutoff, RISK, rule, developed=False)
    used = rows_out_of_sample(risks)
    training = used.loc[used["split"] == TRAIN, "value"].dropna()
    median = float(training.median()) if len(training) else np.nan
    return Model(name, median, RISK, "the median risk of training cases", developed=False)


def _check_horizons(
    table: pd.DataFrame, is_probability: "pd.Series[bool]", horizons: list[float], rows: pd.Index, where: str
) -> None:
    listed = ", ".join(f"{horizon:g}" for horizon in horizons)
    is_other = is_probability & ~table[HORIZON].isin(horizons)
    refuse_rows(
        is_other.reindex(rows, fill_value=False),
        HORIZON,
        where,
        "is not one of the task's horizons",
        f"give probabilities at {listed} months",
    )
    found = table[is_probability].groupby("case")[HORIZON].nunique()
    if lacking := int((found < len(horizons)).sum()):
        rule = f"{lacking} of the cases have no row of one of the horizons"
        raise StudyError(where, rule, f"give every case a row at {listed} months, with an empty value if it is unknown")


def _check_order(probabilities: pd.DataFrame, rows: pd.Index, where: str) -> None:
    ordered = probabilities.sort_values(["case", "fold", HORIZON])
    falls = ordered.groupby(["case", "fold"])["value"].diff() < 0
    fix = "the event by a later horizon is at least as likely; check the columns, and which end is positive"
    falls = falls.reindex(rows, fill_value=False)
    refuse_rows(falls, "value", where, "falls from one horizon to the next", fix)
