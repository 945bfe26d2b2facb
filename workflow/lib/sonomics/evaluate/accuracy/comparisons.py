"""The primary model against every other on the same cases, and every test set against training."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import seed_for
from sonomics.evaluate.cases import Model, analysed, values_of
from sonomics.evaluate.entries import BOOTSTRAP, Sampling
from sonomics.statistics.comparison.mcnemar import mcnemar
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test
from sonomics.statistics.resampling.bootstrap import paired_auc_difference

DIFFERENCE = ("difference", "lower", "upper", "p", "reason")
NOBODY_BOTH = "no case is scored by both"
COLUMNS = (
    "split model against auc auc_against difference lower upper p p_holm method n positives reason "
    "only_model_right only_against_right p_mcnemar p_mcnemar_exact p_mcnemar_holm mcnemar_reason"
)
BETWEEN = "model split against auc auc_against difference lower upper df p p_holm method n n_against reason"


def comparison_table(cases: pd.DataFrame, primary: Model, others: list[Model], sampling: Sampling) -> pd.DataFrame:
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
    for split, inside in cases.groupby("split", sort=False):
        for other in others:
            used = analysed(inside, primary.judged, other.judged)
            counts = {"n": len(used), "positives": int(used["label"].sum())}
            pair = {"split": split, "model": primary.name, "against": other.name}
            compared = compare_areas(used, primary.judged, other.judged, sampling, (primary.name, other.name))
            rows.append({**pair, **compared, **counts, **_decisions(used, primary, other)})
    table = pd.DataFrame(rows, columns=COLUMNS.split())
    table["p_holm"] = adjusted(table, "p", "split")
    table["p_mcnemar_holm"] = adjusted(table, "p_mcnemar", "split")
    return table


def between_splits(cases: pd.DataFrame, models: list[Model], level: float) -> pd.DataFrame:
    """Compare every model's AUC in each test set with its out-of-fold AUC in training: different cases.

    Returns
    -------
    DataFrame
        `model, split, against, auc, auc_against, difference, lower, upper, df, p, p_holm, method, n, n_against,
        reason`: DeLong's unpaired test in its t form with Welch's degrees of freedom. Not estimable where a patient has
        several cases, whom the test would take for independent.
    """
    rows = []
    splits = {str(split): inside for split, inside in cases.groupby("split", sort=False)}
    for model in models:
        training = analysed(splits.get(TRAIN, cases.iloc[:0]), model.judged)
        for split, inside in splits.items():
            if split == TRAIN:
                continue
            used = analysed(inside, model.judged)
            head = {"model": model.name, "split": split, "against": TRAIN, "n": len(used), "n_against": len(training)}
            rows.append({**head, **_unpaired(used, training, model, level)})
    table = pd.DataFrame(rows, columns=BETWEEN.split())
    table["p_holm"] = adjusted(table, "p", "model")
    return table


def compare_areas(
    used: pd.DataFrame, one: str, other: str, sampling: Sampling, names: tuple[str, str]
) -> dict[str, float | str]:
    """Compare the AUCs of two columns of the same cases.

    Parameters
    ----------
    used : DataFrame
        Cases with a label and both values; one split.
    one, other : str
        Columns.
    sampling : Sampling
    names : (str, str)
        What is compared, for the seed of the bootstrap.

    Returns
    -------
    dict
        `auc, auc_against, difference, lower, upper, p, method, reason`.
    """
    if used.empty:
        return {"method": "", "reason": NOBODY_BOTH}
    y, a, b = used["label"].to_numpy(), values_of(used, one), values_of(used, other)
    if used["patient"].is_unique:
        method, result = "DeLong, paired", delong_test(y, a, b, sampling.level)._asdict()
    else:
        seed = seed_for(sampling.seed, "comparison", *names, used["split"].iloc[0])
        patients = used["patient"].to_numpy()
        drawn = paired_auc_difference(y, a, b, patients, sampling.resamples, seed, sampling.level)
        method, result = f"{BOOTSTRAP}, paired", drawn._asdict()
    areas = {"auc": result["auc_a"], "auc_against": result["auc_b"], "method": method}
    return {**areas, **{name: result[name] for name in DIFFERENCE}}


def adjusted(table: pd.DataFrame, p: str, family: str) -> pd.Series:
    """Adjust a column of P values by Holm's method, each value of `family` being a family of tests of its own."""
    if table.empty:
        return pd.Series(dtype=float)
    return table.groupby(family, sort=False)[p].transform(lambda values: holm(values.astype(float)))


def _decisions(used: pd.DataFrame, primary: Model, other: Model) -> dict[str, float | str]:
    if used.empty:
        return {"mcnemar_reason": NOBODY_BOTH}
    if np.isnan([primary.cutoff, other.cutoff]).any():
        return {"mcnemar_reason": "a threshold was not estimable on the training set"}
    if not used["patient"].is_unique:
        return {"mcnemar_reason": "a patient has several cases, which the test takes for independent"}
    truth = used["label"].to_numpy() == 1
    right = [(values_of(used, model.judged) >= model.cutoff) == truth for model in (primary, other)]
    found = mcnemar(*right)
    pairs = {"only_model_right": found.b, "only_against_right": found.c}
    return {**pairs, "p_mcnemar": found.p_mid, "p_mcnemar_exact": found.p_exact, "mcnemar_reason": ""}


def _unpaired(used: pd.DataFrame, training: pd.DataFrame, model: Model, level: float) -> dict[str, float | str]:
    if used.empty or training.empty:
        return {"method": "", "reason": "no scored case with a known label in one of the sets"}
    if not (used["patient"].is_unique and training["patient"].is_unique):
        return {"method": "", "reason": "a patient has several cases, which the test takes for independent"}
    sides = [(part["label"].to_numpy(), values_of(part, model.judged)) for part in (used, training)]
    found = unpaired_delong_test(*sides[0], *sides[1], level)
    areas = {"auc": auc(*sides[0]), "auc_against": auc(*sides[1])}
    # The interval of the test that is stated, so that it leaves 0 out when P is below 1 - level.
    half = float(stdtrit(found.df, 0.5 + level / 2)) * found.se
    test: dict[str, float | str] = {"df": found.df, "p": found.p_welch, "method": "DeLong, unpaired, Welch's df"}
    return {**areas, "difference": found.difference, **test,
            "lower": found.difference - half, "upper": found.difference + half,
            "reason": found.reason}  # fmt: skip
