"""The primary model against the others, against other runs, and every model in test sets against training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.accuracy.comparisons import NO_SHARED_CASE, PAIRED, SEVERAL_CASES, UNPAIRED
from sonomics.evaluate.ranking.rankings import Ranking, Row
from sonomics.evaluate.robustness.variants import COLUMNS as OF_VARIANTS
from sonomics.evaluate.robustness.variants import check_model
from sonomics.evaluate.samples.predictions import case_rows, rows_out_of_sample
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.columns import adjust_by_holm
from sonomics.statistics.comparison.mcnemar import mcnemar
from sonomics.statistics.estimates import normal_quantile

NO_WIDTH = "all pairs of one set are ordered alike, so that its interval has no width"
NO_DECISION = "a risk is neither right nor wrong"


def comparison_table(samples: Samples, ranking: Ranking) -> pd.DataFrame:
    """Compare the primary model with every other on the cases both have scored.

    Returns
    -------
    DataFrame
        The columns of `accuracy.comparison_table`: of several classes the difference in mean AUC, by the paired
        bootstrap of patients, and McNemar's tests of right decisions; of survival the difference in Harrell's C, by the
        influence of every case on both (Therneau and Watson 2015). Holm's adjustment for the models of a set.
    """
    rows = []
    for sample in samples.primary_samples:
        for other in samples.others:
            primary, against = ranking.share(sample, samples.at(other, sample.split))
            names = {"split": sample.split, "model": samples.primary.name, "against": other.name}
            counts = {"n": primary.n, "positives": ranking.count(primary)}
            compared = ranking.compare(primary, against, other.name)
            rows.append({**names, **compared, **counts, **_compare_decisions(ranking, primary, against)})
    table = pd.DataFrame(rows, columns=PAIRED.split())
    table["p_holm"] = adjust_by_holm(table, "p", "split")
    table["p_mcnemar_holm"] = adjust_by_holm(table, "p_mcnemar", "split")
    return table


def variant_table(samples: Samples, variants: Mapping[str, pd.DataFrame], ranking: Ranking) -> pd.DataFrame:
    """Compare the primary model in the main run with that in each variant, on the cases both have scored.

    Returns
    -------
    DataFrame
        The columns of `robustness.sensitivity_table`, by the paired tests of `comparison_table`.

    Raises
    ------
    StudyError
        When a variant's predictions have another model.
    """
    rows = []
    for variant, predictions in variants.items():
        check_model(predictions, samples.primary, variant)
        used = case_rows(rows_out_of_sample(predictions))
        for sample in samples.primary_samples:
            main, other = ranking.share(sample, ranking.replace_values(sample, used))
            compared = ranking.compare(main, other, variant)
            names = {"split": sample.split, "model": samples.primary.name, "variant": variant}
            counts = {"n": main.n, "positives": ranking.count(main)}
            rows.append({**names, **compared, "auc_variant": compared.get("auc_against"), **counts})
    table = pd.DataFrame(rows, columns=OF_VARIANTS.split())
    table["p_holm"] = adjust_by_holm(table, "p", "split")
    return table


def between_splits_table(samples: Samples, ranking: Ranking, level: float) -> pd.DataFrame:
    """Compare every model in each test set with itself in training (out of fold): different cases.

    Returns
    -------
    DataFrame
        The columns of `accuracy.between_splits_table`, without degrees of freedom: the z test of two independent
        estimates.
    """
    rows = []
    for model in samples.models:
        training = ranking.judge(samples.training(model))
        for sample in samples.of(model):
            if sample.split != TRAIN:
                used = ranking.judge(sample)
                names = {"model": model.name, "split": sample.split, "against": TRAIN}
                counts = {"n": used.n, "n_against": training.n}
                rows.append({**names, **_compare_sets(used, training, ranking, level), **counts})
    table = pd.DataFrame(rows, columns=UNPAIRED.split())
    table["p_holm"] = adjust_by_holm(table, "p", "model")
    return table


def _compare_sets(used: Scored, training: Scored, ranking: Ranking, level: float) -> Row:
    if not (used.n and training.n):
        return {"method": "", "reason": "no case that counts in one of the sets"}
    a, b = (ranking.estimate(sample, "between_splits") for sample in (used, training))
    difference, se = a.estimate - b.estimate, float(np.hypot(a.se, b.se))
    areas: Row = {"auc": a.estimate, "auc_against": b.estimate, "difference": difference, "method": "unpaired z test"}
    if not (a.se > 0 and b.se > 0):
        return {**areas, "reason": a.reason or b.reason or NO_WIDTH}
    half = normal_quantile(level) * se
    bounds: Row = {"lower": difference - half, "upper": difference + half}
    return {**areas, **bounds, "p": float(2 * ndtr(-abs(difference) / se)), "reason": ""}


def _compare_decisions(ranking: Ranking, primary: Scored, against: Scored) -> Row:
    if not primary.n:
        return {"mcnemar_reason": NO_SHARED_CASE}
    right, other = ranking.judge_decisions(primary), ranking.judge_decisions(against)
    if right is None or other is None:
        return {"mcnemar_reason": NO_DECISION}
    if not primary.has_independent_cases:
        return {"mcnemar_reason": SEVERAL_CASES}
    result = mcnemar(right, other)
    pairs: Row = {"only_model_right": result.b, "only_against_right": result.c}
    return {**pairs, "p_mcnemar": result.p_mid, "p_mcnemar_exact": result.p_exact, "mcnemar_reason": ""}
