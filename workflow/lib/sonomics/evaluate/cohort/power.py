"""Was the study large enough? Sample size of the development, precision and power of the tests."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.cases import Model, analysed
from sonomics.statistics.discrimination.auc import hanley_mcneil_se
from sonomics.statistics.estimates import normal_quantile
from sonomics.statistics.planning.power import auc_power, log_rank_power
from sonomics.statistics.planning.sample_size import binary_size, r2_of_c

NAN = float("nan")
ASSUMED_AUC, ASSUMED_HR = 0.8, 2.0
WANTED = 0.8
RILEY = "Riley 2019, criteria 1 to 3, shrinkage 0.9"
COLUMNS = "split question assumption value unit n positives method reason"
MOST_PARAMETERS = 10_000


def power_table(
    cases: pd.DataFrame, primary: Model, comparison: pd.DataFrame, settings: Mapping[str, Any], parameters: int
) -> pd.DataFrame:
    """State sample size and power under assumptions made beforehand, never under the result.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    primary : Model
    comparison : DataFrame
        From `comparison_table`: what precision the paired differences have reached.
    settings : mapping
        The section `evaluate`: `level`, `power` with `auc`, `hazard_ratio`, `candidates`.
    parameters : int
        What the primary model's last step fits: weights of its base models.

    Returns
    -------
    DataFrame
        `split, question, assumption, value, unit, n, positives, method, reason`: a row a question and split. Training:
        patients that Riley's criteria ask for, and the candidate parameters that the patients there are would carry.
        Tests: expected half width of the interval of the AUC, power against an AUC of 0.5, the least AUC told from 0.5
        and the least difference of two models told from 0 with 80 % power; with follow-up, the power of the log-rank
        test.
    """
    stated = settings.get("power", {})
    area, ratio = stated.get("auc", ASSUMED_AUC), stated.get("hazard_ratio", ASSUMED_HR)
    level = settings["level"]
    rows: list[dict[str, object]] = []
    for split, inside in cases.groupby("split", sort=False):
        used = analysed(inside, primary.judged)
        positives = int(used["label"].sum())
        head = {"split": split, "n": len(used), "positives": positives}
        found = _development(len(used), positives, area, parameters, stated.get("candidates")) if split == TRAIN else []
        found += _discrimination(positives, len(used) - positives, area, level)
        found += _differences(comparison[comparison["split"] == split], level)
        found += _log_rank(inside, ratio, level)
        rows += [{**head, **row} for row in found]
    return pd.DataFrame(rows, columns=COLUMNS.split())


def supported_parameters(n: int, r2: float, prevalence: float) -> int:
    """Return how many candidate parameters so many patients carry under Riley's criteria; 0 when not even one."""
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
    head = {"assumption": assumption, "method": RILEY}
    prevalence = positives / n if n else NAN
    if not 0 < prevalence < 1:
        return [_row("parameters_supported", NAN, "parameters", "one class or no case in training", **head)]
    r2 = r2_of_c(area, prevalence)
    rows = [_row("parameters_supported", supported_parameters(n, r2, prevalence), "parameters", **head)]
    for question, count in (("patients_for_the_last_step", parameters), ("patients_for_all_candidates", candidates)):
        if count:
            needed = binary_size(count, r2, prevalence)
            said = f"{assumption}, {count} candidate parameters"
            parts = f"{RILEY}: {needed.n1}, {needed.n2} and {needed.n3} patients"
            rows.append(_row(question, needed.n, "patients", assumption=said, method=parts))
    return rows


def _discrimination(positives: int, negatives: int, area: float, level: float) -> list[dict[str, object]]:
    alpha, z = 1 - level, normal_quantile(level)
    head = {"assumption": f"AUC {area:g}", "method": "Hanley and McNeil 1982"}
    reason = "" if min(positives, negatives) else "one class"
    power = auc_power(area, positives, negatives, 0.5, alpha)
    rows = [
        _row("half_width_of_auc", z * hanley_mcneil_se(area, positives, negatives), "AUC", reason, **head),
        _row("power_against_chance", power, "probability", reason, **head),
    ]

    def short(true: float) -> float:
        return auc_power(true, positives, negatives, 0.5, alpha) - WANTED

    least, why = NAN, reason or "no AUC below 0.999 would be told from 0.5"
    if not reason and short(0.999) > 0:
        least, why = float(brentq(short, 0.5, 0.999, xtol=1e-6)), ""
    words = {"assumption": f"power {100 * WANTED:g} %", "method": head["method"]}
    return [*rows, _row("least_auc_told_from_chance", least, "AUC", why, **words)]


def _differences(compared: pd.DataFrame, level: float) -> list[dict[str, object]]:
    """Turn the standard error that a paired difference has reached into the difference it would find."""
    rows = []
    for row in compared.to_dict("records"):
        se = (row["upper"] - row["lower"]) / (2 * normal_quantile(level))
        least = (normal_quantile(level) + normal_quantile(2 * WANTED - 1)) * se
        words = {"assumption": f"power {100 * WANTED:g} %, against {row['against']}",
                 "method": "standard error of the paired difference found"}  # fmt: skip
        bad = np.isnan(least) or least <= 0
        reason = (row["reason"] or "the difference does not vary") if bad else ""
        rows.append(_row("least_difference_of_auc", NAN if bad else least, "AUC", reason, **words))
    return rows


def _log_rank(inside: pd.DataFrame, ratio: float, level: float) -> list[dict[str, object]]:
    if "event" not in inside:
        return []
    events = int(inside["event"].sum())
    words = {"assumption": f"hazard ratio {ratio:g}, two groups of one size, {events} events",
             "method": "Schoenfeld 1983"}  # fmt: skip
    value = log_rank_power(events, ratio, 0.5, 1 - level) if events else NAN
    return [_row("power_of_log_rank", value, "probability", "" if events else "no event", **words)]


def _row(question: str, value: float, unit: str, reason: str = "", **words: object) -> dict[str, object]:
    return {"question": question, "value": value, "unit": unit, "reason": reason if np.isnan(value) else "", **words}
