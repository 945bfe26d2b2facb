"""Sample size of the development, and precision and power of the tests."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from sonomics.core.schemas import TRAIN
from sonomics.core.settings.evaluate import Power
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import NAN
from sonomics.statistics.discrimination.auc import hanley_mcneil_se
from sonomics.statistics.estimates import normal_quantile
from sonomics.statistics.planning.power import auc_power, log_rank_power
from sonomics.statistics.planning.sample_size import binary_size, r2_of_c

TARGET_POWER = 0.8
RILEY = "Riley 2019, criteria 1 to 3, shrinkage 0.9"
COLUMNS = "split question assumption value unit n positives method reason"
MOST_PARAMETERS = 10_000


def power_tables(context: Context) -> Tables:
    """Make the table of sample size and power; it takes the comparison of the models from the table of that name."""
    settings = context.settings
    comparison = context.tables["comparison"]
    return {"power": power_table(context.samples, comparison, settings.power, settings.level, context.parameters)}


def power_table(
    samples: Samples, comparison: pd.DataFrame, assumed: Power, level: float, parameters: int
) -> pd.DataFrame:
    """Compute sample size and power under assumptions made beforehand, never under the result.

    Parameters
    ----------
    samples : Samples
    comparison : DataFrame
        From `comparison_table`: what precision the paired differences have reached.
    assumed : Power
        Effects that were assumed before the study.
    level : float
        Confidence level.
    parameters : int
        Number of parameters that the primary model's last step fits: weights of its base models.

    Returns
    -------
    DataFrame
        `split, question, assumption, value, unit, n, positives, method, reason`: one row per question and split.
        Training: patients that Riley's criteria ask for, and the candidate parameters that the patients there are would
        carry. Tests: expected half width of the interval of the AUC, power against an AUC of 0.5, the least AUC that
        differs from 0.5 and the least difference of two models that differs from 0 with 80 % power; with follow-up, the
        power of the log-rank test.
    """
    rows: list[dict[str, object]] = []
    for sample in samples.primary_samples:
        used = sample.analysed
        counts = {"split": sample.split, "n": used.n, "positives": used.positives}
        answers = []
        if sample.split == TRAIN:
            answers += _development(used.n, used.positives, assumed.auc, parameters, assumed.candidates)
        answers += _discrimination(used.positives, used.n - used.positives, assumed.auc, level)
        answers += _differences(comparison[comparison["split"] == sample.split], level)
        if "event" in sample.rows:
            answers += _log_rank(int(sample.rows["event"].sum()), assumed.hazard_ratio, level)
        rows += [{**counts, **answer} for answer in answers]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def supported_parameters(n: int, r2: float, prevalence: float) -> int:
    """Return how many candidate parameters n patients support by Riley's criteria (Riley 2019); 0 if not even one."""
    if binary_size(1, r2, prevalence).n > n:
        return 0
    low, high = 1, MOST_PARAMETERS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if binary_size(middle, r2, prevalence).n <= n else (low, middle)
    return low


def _development(
    n: int, positives: int, area: float, parameters: int, candidates: int | None
) -> list[dict[str, object]]:
    assumption = f"C statistic {area:g}, the prevalence of training"
    words = {"assumption": assumption, "method": RILEY}
    prevalence = positives / n if n else NAN
    if not 0 < prevalence < 1:
        return [_row("parameters_supported", NAN, "parameters", "one class or no case in training", **words)]
    r2 = r2_of_c(area, prevalence)
    rows = [_row("parameters_supported", supported_parameters(n, r2, prevalence), "parameters", **words)]
    for question, count in (("patients_for_the_last_step", parameters), ("patients_for_all_candidates", candidates)):
        if count:
            needed = binary_size(count, r2, prevalence)
            counted = f"{assumption}, {count} candidate parameters"
            method = f"{RILEY}: {needed.n1}, {needed.n2} and {needed.n3} patients"
            rows.append(_row(question, needed.n, "patients", assumption=counted, method=method))
    return rows


def _discrimination(positives: int, negatives: int, area: float, level: float) -> list[dict[str, object]]:
    alpha, z = 1 - level, normal_quantile(level)
    method = "Hanley and McNeil 1982"
    words = {"assumption": f"AUC {area:g}", "method": method}
    reason = "" if min(positives, negatives) else "one class"
    power = auc_power(area, positives, negatives, 0.5, alpha)
    rows = [
        _row("half_width_of_auc", z * hanley_mcneil_se(area, positives, negatives), "AUC", reason, **words),
        _row("power_against_chance", power, "probability", reason, **words),
    ]

    def power_above_target(true: float) -> float:
        return auc_power(true, positives, negatives, 0.5, alpha) - TARGET_POWER

    least, why = NAN, reason or "no AUC below 0.999 would be told from 0.5"
    if not reason and power_above_target(0.999) > 0:
        least, why = float(brentq(power_above_target, 0.5, 0.999, xtol=1e-6)), ""
    target = {"assumption": f"power {100 * TARGET_POWER:g} %", "method": method}
    return [*rows, _row("least_auc_told_from_chance", least, "AUC", why, **target)]


def _differences(comparison: pd.DataFrame, level: float) -> list[dict[str, object]]:
    """Compute from the standard error that a paired difference has reached the difference it would detect."""
    rows = []
    for row in comparison.to_dict("records"):
        se = (row["upper"] - row["lower"]) / (2 * normal_quantile(level))
        least = (normal_quantile(level) + normal_quantile(2 * TARGET_POWER - 1)) * se
        words = {
            "assumption": f"power {100 * TARGET_POWER:g} %, against {row['against']}",
            "method": "standard error of the paired difference found",
        }
        undefined = np.isnan(least) or least <= 0
        reason = (row["reason"] or "the difference does not vary") if undefined else ""
        rows.append(_row("least_difference_of_auc", NAN if undefined else least, "AUC", reason, **words))
    return rows


def _log_rank(events: int, ratio: float, level: float) -> list[dict[str, object]]:
    assumption = f"hazard ratio {ratio:g}, two groups of one size, {events} events"
    power = log_rank_power(events, ratio, 0.5, 1 - level) if events else NAN
    words = {"assumption": assumption, "method": "Schoenfeld 1983"}
    return [_row("power_of_log_rank", power, "probability", "" if events else "no event", **words)]


def _row(question: str, value: float, unit: str, reason: str = "", **words: object) -> dict[str, object]:
    return {"question": question, "value": value, "unit": unit, "reason": reason if np.isnan(value) else "", **words}
