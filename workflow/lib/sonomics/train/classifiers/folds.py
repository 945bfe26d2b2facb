"""How well models did on the cases of each held-out fold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.core.schemas import EVENT, RISK, TIME
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.statistics.survival.concordance import harrell_c

POSITIVE = {"1": 1.0}


def summarise_labels(predictions: pd.DataFrame, outcomes: pd.DataFrame, task: Task) -> dict[str, Any]:
    """Compute the AUC of the held-out cases of each fold, as `summarise_folds`; predictions are out of fold."""
    outcome = outcome_of(task)
    judged = dict(zip(outcome.classes(task), outcome.codes(task), strict=True))
    return summarise_folds(predictions.assign(label=predictions["case"].map(outcomes[LABEL])), judged)


def summarise_risks(predictions: pd.DataFrame, outcomes: pd.DataFrame, task: Task) -> dict[str, Any]:
    """Compute Harrell's C of the held-out cases of each fold; predictions are out of fold."""
    risks = predictions[predictions["kind"] == RISK].groupby(["fold", "case"])["value"].mean().reset_index()
    followed = risks.join(outcomes, on="case").dropna()
    measured = {
        str(fold): harrell_c(rows[TIME], rows[EVENT], rows["value"]).estimate for fold, rows in followed.groupby("fold")
    }
    return _describe(measured)


def summarise_folds(predictions: pd.DataFrame, judged: Mapping[str, float] = POSITIVE) -> dict[str, Any]:
    """Compute the AUC of the held-out cases of each fold; of several classes the mean AUC, each against the rest.

    Parameters
    ----------
    predictions : DataFrame
        Out-of-fold predictions of one model, with `label` (float, NaN when unknown); several images of a case are
        averaged.
    judged : mapping of str to float
        Class of the predictions -> its label.

    Returns
    -------
    dict
        `mean` and `sd` over the folds where it is estimable, and how many those are.
    """
    known = predictions.dropna(subset=["label"])
    labels = known.groupby(["fold", "case"])["label"].first()
    values = known.groupby(["fold", "case", "class"])["value"].mean().unstack("class").reindex(columns=list(judged))
    return _describe(
        {
            str(fold): mean_auc(rows, values.loc[rows.index].to_numpy(), list(judged.values()))
            for fold, rows in labels.groupby("fold")
        }
    )


def _describe(measured: Mapping[str, float]) -> dict[str, Any]:
    values = pd.Series(measured, dtype=float)
    return {"mean": values.mean(), "sd": values.std(), "folds": int(values.notna().sum())}
