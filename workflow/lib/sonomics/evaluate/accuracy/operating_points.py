"""Other thresholds, chosen on training scores and frozen like the study's own: the sensitivity analysis of the rule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.accuracy.performance import EMPTY, threshold_entries
from sonomics.evaluate.cases import Model, analysed, values_of
from sonomics.evaluate.entries import Entry
from sonomics.statistics.classification.cutoffs import Cutoff, accuracy_cutoff, sensitivity_cutoff, youden_cutoff

FROZEN = "frozen"
SHOWN = (*EMPTY, "f1", "kappa")
COLUMNS = "split model rule cutoff statistic estimate lower upper n positives method reason"


def operating_table(
    cases: pd.DataFrame, models: list[Model], sensitivities: Sequence[float], level: float
) -> pd.DataFrame:
    """Apply thresholds of several rules to every split.

    Every rule sees the training scores alone, which are out of fold; the study's own threshold comes first.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    models : list of Model
    sensitivities : sequence of float
        Wanted on training, such as 0.9 and 0.95.
    level : float

    Returns
    -------
    DataFrame
        `split, model, rule, cutoff, statistic, estimate, lower, upper, n, positives, method, reason`. A rule that
        training does not settle has NaN throughout, with the reason.
    """
    rows = []
    for model in models:
        rules = frozen_rules(cases, model, sensitivities)
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, model.judged)
            y, value = used["label"].to_numpy(), values_of(used, model.judged)
            patients = used["patient"].to_numpy(dtype=object)
            head = {"split": split, "model": model.name}
            counts = {"n": len(used), "positives": int(used["label"].sum())}
            for rule, chosen in rules.items():
                point = {"rule": rule, "cutoff": chosen.cutoff}
                for entry in threshold_entries(y, value, patients, chosen.cutoff, level):
                    if entry.statistic in SHOWN:
                        rows.append({**head, **point, **_plain(entry, chosen.reason), **counts})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def frozen_rules(cases: pd.DataFrame, model: Model, sensitivities: Sequence[float]) -> dict[str, Cutoff]:
    """Choose a threshold by every rule on the training scores; first the one the study has frozen."""
    training = analysed(cases[cases["split"] == TRAIN], model.judged)
    y, value = training["label"].to_numpy(), values_of(training, model.judged)
    own = Cutoff(model.cutoff, np.nan, (), "" if not np.isnan(model.cutoff) else "no threshold was frozen")
    chosen = {f"{FROZEN} ({model.rule})": own}
    chosen |= {"youden": youden_cutoff(y, value), "max_accuracy": accuracy_cutoff(y, value)}
    for wanted in sensitivities:
        chosen[f"sensitivity_{wanted:g}"] = sensitivity_cutoff(y, value, wanted)
    return chosen


def _plain(entry: Entry, reason: str) -> dict[str, object]:
    shown = {name: getattr(entry, name) for name in ("statistic", "estimate", "lower", "upper", "method", "reason")}
    return {**shown, "reason": reason or entry.reason}
