"""What a task gains in a network that learns several: that network next to the single one, on the same cases."""

from typing import Any

import pandas as pd

from sonomics.core.predictor import average_folds
from sonomics.core.registry import load
from sonomics.core.schemas import PREDICTIONS, RISK
from sonomics.core.tables import read_tables
from sonomics.evaluate.accuracy.comparisons import compare_aucs
from sonomics.evaluate.ranking.rankings import ranking_of
from sonomics.evaluate.samples.cases import join_scores
from sonomics.evaluate.samples.models import PROBABILITY, Model
from sonomics.evaluate.samples.scored import Scored, build_samples, shared_cases
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.kinds.tasks import TASKS

COLUMNS = "split joint single auc auc_against difference lower upper p method n positives reason"


def together_tables(context: Context) -> Tables:
    """Make the table of joint networks against single ones that are the same in everything else.

    Returns
    -------
    dict
        `together`, where there are such twins: the measure of the joint (`auc`) and of the single network
        (`auc_against`), each a base model whose values of a case are the mean over its images, and their difference
        with the paired test of `comparison`; training cases out of fold. P is not adjusted.
    """
    rows: list[dict[str, Any]] = []
    for joint, single in context.files.twins:
        samples = build_samples(*score_cases(context, [joint, single]))
        first, second = samples.models
        for sample in samples.of(first):
            compared = compare_pair(context, sample, samples.at(second, sample.split))
            rows.append({"split": sample.split, "joint": joint, "single": single, **compared})
    return {"together": pd.DataFrame(rows, columns=COLUMNS.split())} if rows else {}


def score_cases(context: Context, names: list[str]) -> tuple[pd.DataFrame, list[Model]]:
    """Join the values of base models to the cases, averaged over images; also return the models, without a cutoff."""
    reader = load(TASKS.get(context.kind).reader)
    predictions = average_images(average_folds(read_tables(context.files.base_predictions, PREDICTIONS)))
    cases = join_scores(
        context.cohort, context.labels, predictions[predictions["model"].isin(names)], None, reader.apart
    )
    on = RISK if context.kind == "survival" else PROBABILITY
    models = [Model(name, float("nan"), on, "") for name in names]
    return reader.describe(cases, models, context.classes), models


def average_images(predictions: pd.DataFrame) -> pd.DataFrame:
    """Average the values of the images of each case, as PREDICTIONS of cases."""
    keys = [name for name in predictions.columns if name not in ("image", "value")]
    return predictions.groupby(keys, dropna=False)["value"].mean().reset_index().assign(image="")


def compare_pair(context: Context, joint: Scored, single: Scored) -> dict[str, Any]:
    """Compare two samples of the same cases by the measure of the kind of task."""
    if context.kind == "binary":
        a, b = shared_cases(joint, single)
        return {**compare_aucs(a, b, single.model.name, context.sampling), "n": a.n, "positives": a.positives}
    ranking = ranking_of(context)
    a, b = ranking.share(joint, single)
    return {**ranking.compare(a, b, single.model.name), "n": a.n, "positives": ranking.count(a)}
