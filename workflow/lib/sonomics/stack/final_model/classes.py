"""The final model of a task of several classes: one score and one probability a case and class."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.registry import load
from sonomics.core.schemas import PROBABILITY, SCORE, TRAIN
from sonomics.core.settings.stack import Stack
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.stack.final_model.base_scores import CERTAIN, check_probabilities, gives_probabilities
from sonomics.stack.final_model.chain import Chain, Steps
from sonomics.stack.final_model.final import Final, tabulate_weights
from sonomics.stack.final_model.nested import compare_classes
from sonomics.stack.final_model.points import tabulate_class_points
from sonomics.stack.methods.classes import apply_mixture, apply_weights, combine_blocks, mix_blocks
from sonomics.stack.methods.pooling import ROW, pool_images
from sonomics.statistics.regression.nomogram import build_nomogram

Floats = NDArray[np.float64]


def fit(
    predictions: pd.DataFrame, outcomes: pd.DataFrame, model: str, settings: Stack, threshold: str, task: Task
) -> Final:
    """Combine, calibrate and freeze one final model; parameters as of `binary.fit`.

    Log probabilities of a base model (its scores, where it gives no probabilities) are centred over the classes, which
    changes no probability, and divided by their standard deviation over the training cases.
    """
    final, classes = settings.models[model], outcome_of(task).classes(task)
    blocks, rows = join_blocks(predictions, final.of, classes, settings.pool_of(model), settings.eps)
    in_training = (rows["split"] == TRAIN).to_numpy()
    training, tests = blocks[in_training], blocks[~in_training]
    labels, folds = rows.loc[in_training, "case"].map(outcomes[LABEL]), rows.loc[in_training, "fold"]

    kind = COMBINATIONS.get(final.weights)
    combine, apply = (combine_blocks, apply_weights)
    if kind.takes_as_given and len(final.of) > 1:
        check_probabilities(predictions, final.of)
        combine, apply = (mix_blocks, apply_mixture)
    fit_weights = partial(combine, models=final.of, weights=load(kind.of_classes))
    calibration = load(CALIBRATIONS.get(str(settings.calibration)).of_classes)
    chain = Chain(training, labels, folds, Steps(fit_weights, apply, calibration.fit, calibration.apply))
    stack, calibrator = chain.weights(), chain.calibrator()
    rule = THRESHOLDS.get(threshold)
    choose = load(rule.of_classes or rule.builder)
    test_scores = apply(stack, tests)
    cases = pd.concat([rows[in_training], rows[~in_training]], ignore_index=True)
    values = {
        SCORE: np.concatenate([chain.scores(), test_scores]),
        PROBABILITY: np.concatenate([chain.probabilities(), calibration.apply(calibrator, test_scores)]),
    }
    cutoffs = choose(np.asarray(labels[chain.known], dtype=np.int64), chain.probabilities()[chain.known])
    thresholds: dict[str, Any] = {"rule": threshold, "on": PROBABILITY, "cutoff": None, "reason": ""}
    if cutoffs.any():
        thresholds["cutoffs"] = [None if np.isnan(cutoff) else float(cutoff) for cutoff in cutoffs]
    state: dict[str, Any] = {**calibrator, "method": settings.calibration}
    nomogram = build_nomogram({}, [])
    if combine is combine_blocks:
        probabilities = [base for base in final.of if gives_probabilities(predictions[predictions["model"] == base])]
        nomogram = tabulate_class_points(stack, state, training, classes, probabilities)
    return Final(
        stack, state, thresholds, nomogram, tabulate_weights(chain), compare_classes(chain, choose),
        _lengthen(cases, values, classes),
    )  # fmt: skip


def join_blocks(
    predictions: pd.DataFrame, models: Sequence[str], classes: Sequence[str], pool: str, eps: float
) -> tuple[Floats, pd.DataFrame]:
    """Put the pooled scores of base models next to each other.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of the images or cases of one task.
    models, classes : sequence of str
    pool, eps
        As for `pool_images`.

    Returns
    -------
    scores : (cases, models, classes) array
        Log probabilities, no nearer to certainty than that of a binary task, or scores.
    rows : DataFrame
        `patient, case, split, fold` of each case; those that a model has not scored are left out.
    """
    joined: pd.DataFrame | None = None
    for model in models:
        of_model = predictions[predictions["model"] == model]
        kind_of_fold = of_model.groupby("fold")["kind"].first().to_dict()
        columns = {}
        for name in classes:
            values = pool_images(of_model[of_model["class"] == name], pool, eps).set_index(ROW)["value"]
            is_score = values.index.get_level_values("fold").map(kind_of_fold) == SCORE
            columns[model, name] = values.where(is_score, np.log(values.clip(CERTAIN, 1 - CERTAIN)))
        block = pd.DataFrame(columns)
        joined = block if joined is None else joined.join(block, how="inner")
    assert joined is not None
    joined = joined.sort_index()
    scores = joined.to_numpy(dtype=np.float64).reshape(len(joined), len(models), len(classes))
    return scores - scores.mean(axis=2, keepdims=True), joined.index.to_frame(index=False)


def _lengthen(cases: pd.DataFrame, values: dict[str, Floats], classes: Sequence[str]) -> pd.DataFrame:
    tables = [
        cases.assign(kind=kind, horizon=np.nan, value=of_kind[:, place], **{"class": name})
        for kind, of_kind in values.items()
        for place, name in enumerate(classes)
    ]
    return pd.concat(tables, ignore_index=True)
