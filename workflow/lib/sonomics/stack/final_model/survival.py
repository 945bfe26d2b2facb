"""The final model of a survival task: one risk a case, the probability of the event by each horizon, a cutpoint."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.folds import mark_known
from sonomics.core.schemas import EVENT, PROBABILITY, RISK, TIME, TRAIN
from sonomics.core.settings.stack import Stack
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.stack.final_model.chain import Chain, Steps
from sonomics.stack.final_model.final import Final, tabulate_weights
from sonomics.stack.final_model.nested import compare_risks
from sonomics.stack.final_model.points import tabulate_risk_points
from sonomics.stack.methods.combination import apply_combination
from sonomics.stack.methods.pooling import ROW, pool_images
from sonomics.stack.methods.survival import combine_risks, fit_hazard, predict_hazard

Floats = NDArray[np.float64]


def fit(
    predictions: pd.DataFrame, outcomes: pd.DataFrame, model: str, settings: Stack, threshold: str, task: Task
) -> Final:
    """Combine and calibrate the risks of base models, and freeze a cutpoint; parameters as of `binary.fit`.

    Calibration is a Cox model of the combined risk with its baseline hazard. The cutpoint is chosen on cross-fitted
    risks of training cases.
    """
    final, horizons = settings.models[model], outcome_of(task).horizons(task)
    risks = join_risks(predictions, final.of, settings.pool_of(model), settings.eps)
    in_training = risks.index.get_level_values("split") == TRAIN
    training, tests = risks[in_training], risks[~in_training]
    about = training.index.to_frame()
    followed = outcomes.reindex(about["case"]).set_axis(training.index)
    known = mark_known(followed)

    fit_weights = partial(combine_risks, weights=final.weights)
    apply_hazard = partial(predict_hazard, horizons=horizons)
    chain = Chain(training, followed, about["fold"], Steps(fit_weights, apply_combination, fit_hazard, apply_hazard))
    stack, calibrator = chain.weights(), chain.calibrator()
    test_risk = apply_combination(stack, tests)
    choose = THRESHOLDS.build(threshold)
    cutoff = choose(followed[known][[TIME, EVENT]].to_numpy(), chain.scores()[known])
    cases = pd.concat([training, tests]).index.to_frame(index=False)
    risk = np.concatenate([chain.scores(), test_risk])
    probability = np.concatenate([chain.probabilities(), apply_hazard(calibrator, test_risk)])
    tables = [cases.assign(kind=RISK, horizon=np.nan, value=risk)]
    tables += [
        cases.assign(kind=PROBABILITY, horizon=horizon, value=probability[:, place])
        for place, horizon in enumerate(horizons)
    ]
    thresholds: dict[str, Any] = {"rule": threshold, "on": RISK, **cutoff}
    values = pd.concat(tables, ignore_index=True).assign(**{"class": "1"})
    nomogram = tabulate_risk_points(stack, calibrator, training, horizons)
    return Final(
        stack, {**calibrator, "method": "cox"}, thresholds, nomogram, tabulate_weights(chain),
        compare_risks(chain, choose, horizons), values,
    )  # fmt: skip


def join_risks(predictions: pd.DataFrame, models: list[str], pool: str, eps: float) -> pd.DataFrame:
    """Put the pooled risks of base models next to each other.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column per model; cases that a model has not scored are left out.
    """
    risks = predictions[predictions["kind"] == RISK]
    pooled = {model: pool_images(risks[risks["model"] == model], pool, eps).set_index(ROW)["value"] for model in models}
    return pd.concat(pooled, axis=1, join="inner").sort_index()
