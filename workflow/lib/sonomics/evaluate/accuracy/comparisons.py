"""The primary model against every other on the same cases, and every test set against training."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Samples, Scored, shared_cases
from sonomics.evaluate.tables.columns import adjust_by_holm
from sonomics.evaluate.tables.entries import BOOTSTRAP, Sampling
from sonomics.statistics.comparison.mcnemar import mcnemar
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test
from sonomics.statistics.resampling.bootstrap import bootstrap_auc_difference

DIFFERENCE = ("difference", "lower", "upper", "p", "reason")
NO_SHARED_CASE = "no case is scored by both"
SEVERAL_CASES = "a patient has several cases, which the test takes for independent"
PAIRED = (
    "split model against auc auc_against difference lower upper p p_holm method n positives reason "
    "only_model_right only_against_right p_mcnemar p_mcnemar_exact p_mcnemar_holm mcnemar_reason"
)
UNPAIRED = "model split against auc auc_against difference lower upper df p p_holm method n n_against reason"


def comparison_table(samples: Samples, sampling: Sampling) -> pd.DataFrame:
    """Compare the primary model's AUC and decisions with every other model's, on the cases both have scored.

    Returns
    -------
    DataFrame
        `split, model, against, auc, auc_against, difference, lower, upper, p, p_holm, method, n, positives, reason`:
        DeLong's paired test, or, when a patient has several cases, the paired percentile bootstrap over patients; then
        `only_model_right, only_against_right, p_mcnemar, p_mcnemar_exact, p_mcnemar_holm, mcnemar_reason`: cases that
        one model alone calls right at its frozen threshold, McNemar's mid-P and exact P. `p_holm` and `p_mcnemar_holm`
        are adjusted for the number of models compared in the split (Holm).
    """
    rows = []
    for sample in samples.primary_samples:
        for other in samples.others:
            primary, against = shared_cases(sample, samples.at(other, sample.split))
            names = {"split": sample.split, "model": samples.primary.name, "against": other.name}
            counts = {"n": primary.n, "positives": primary.positives}
            compared = compare_aucs(primary, against, other.name, sampling)
            rows.append({**names, **compared, **counts, **_compare_decisions(primary, against)})
    table = pd.DataFrame(rows, columns=PAIRED.split())
    table["p_holm"] = adjust_by_holm(table, "p", "split")
    table["p_mcnemar_holm"] = adjust_by_holm(table, "p_mcnemar", "split")
    return table


def between_splits_table(samples: Samples, level: float) -> pd.DataFrame:
    """Compare every model's AUC in each test set with its out-of-fold AUC in training: different cases.

    Returns
    -------
    DataFrame
        `model, split, against, auc, auc_against, difference, lower, upper, df, p, p_holm, method, n, n_against,
        reason`: DeLong's unpaired test in its t form with Welch's degrees of freedom. Not estimable where a patient has
        several cases, which the test would take for independent.
    """
    rows = []
    for model in samples.models:
        training = samples.training(model).analysed
        for sample in samples.of(model):
            if sample.split != TRAIN:
                used = sample.analysed
                names = {"model": model.name, "split": sample.split, "against": TRAIN}
                counts = {"n": used.n, "n_against": training.n}
                rows.append({**names, **counts, **_compare_unpaired(used, training, level)})
    table = pd.DataFrame(rows, columns=UNPAIRED.split())
    table["p_holm"] = adjust_by_holm(table, "p", "model")
    return table


def compare_aucs(a: Scored, b: Scored, against: str, sampling: Sampling) -> dict[str, float | str]:
    """Compare the AUCs of two samples of the same cases.

    Parameters
    ----------
    a, b : Scored
        From `shared_cases`.
    against : str
        What `b` is, for the seed of the bootstrap.
    sampling : Sampling

    Returns
    -------
    dict
        `auc, auc_against, difference, lower, upper, p, method, reason`.
    """
    if not a.n:
        return {"method": "", "reason": NO_SHARED_CASE}
    if a.has_independent_cases:
        method, result = "DeLong, paired", delong_test(a.y, a.value, b.value, sampling.level)._asdict()
    else:
        seed = seed_for(sampling.seed, "comparison", a.model.name, against, a.split)
        difference = bootstrap_auc_difference(
            a.y, a.value, b.value, a.clusters, sampling.resamples, seed, sampling.level
        )
        method, result = f"{BOOTSTRAP}, paired", difference._asdict()
    areas = {"auc": result["auc_a"], "auc_against": result["auc_b"], "method": method}
    return {**areas, **{name: result[name] for name in DIFFERENCE}}


def _compare_decisions(primary: Scored, against: Scored) -> dict[str, float | str]:
    if not primary.n:
        return {"mcnemar_reason": NO_SHARED_CASE}
    if np.isnan([primary.model.cutoff, against.model.cutoff]).any():
        return {"mcnemar_reason": "a threshold was not estimable on the training set"}
    if not primary.has_independent_cases:
        return {"mcnemar_reason": SEVERAL_CASES}
    right = [sample.called == (sample.y == 1) for sample in (primary, against)]
    result = mcnemar(*right)
    pairs = {"only_model_right": result.b, "only_against_right": result.c}
    return {**pairs, "p_mcnemar": result.p_mid, "p_mcnemar_exact": result.p_exact, "mcnemar_reason": ""}


def _compare_unpaired(used: Scored, training: Scored, level: float) -> dict[str, float | str]:
    if not (used.n and training.n):
        return {"method": "", "reason": "no scored case with a known label in one of the sets"}
    if not (used.has_independent_cases and training.has_independent_cases):
        return {"method": "", "reason": SEVERAL_CASES}
    result = unpaired_delong_test(used.y, used.value, training.y, training.value, level)
    areas = {"auc": auc(used.y, used.value), "auc_against": auc(training.y, training.value)}
    # The interval of the test that is reported, so that it excludes 0 when P is below 1 - level.
    half = float(stdtrit(result.df, 0.5 + level / 2)) * result.se
    test: dict[str, float | str] = {"df": result.df, "p": result.p_welch, "method": "DeLong, unpaired, Welch's df"}
    bounds = {"lower": result.difference - half, "upper": result.difference + half}
    return {**areas, "difference": result.difference, **test, **bounds, "reason": result.reason}
