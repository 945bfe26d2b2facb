"""Other thresholds, chosen on training scores and frozen like the study's own: a sensitivity analysis of the rule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sonomics.evaluate.accuracy.thresholds import PROPORTIONS, threshold_entries
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.entries import Entry
from sonomics.statistics.classification.cutoffs import Cutoff, accuracy_cutoff, sensitivity_cutoff, youden_cutoff

FROZEN = "frozen"
STATISTICS = (*PROPORTIONS, "f1", "kappa")
COLUMNS = "split model rule cutoff statistic estimate lower upper n positives method reason"


def operating_table(samples: Samples, sensitivities: Sequence[float], level: float) -> pd.DataFrame:
    """Apply the thresholds of several rules to every split.

    Every rule sees the training scores alone, which are out of fold; the study's own threshold comes first.

    Parameters
    ----------
    samples : Samples
    sensitivities : sequence of float
        Target sensitivities on training, such as 0.9 and 0.95.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `split, model, rule, cutoff, statistic, estimate, lower, upper, n, positives, method, reason`. A rule without a
        cutoff on training has NaN throughout, with the reason.
    """
    rows = []
    for model in samples.models:
        cutoffs = choose_cutoffs(samples.training(model), sensitivities)
        for sample in samples.of(model):
            used = sample.analysed
            identity = {"split": sample.split, "model": model.name}
            counts = {"n": used.n, "positives": used.positives}
            for rule, chosen in cutoffs.items():
                point = {"rule": rule, "cutoff": chosen.cutoff}
                for entry in threshold_entries(used, chosen.cutoff, level):
                    if entry.statistic in STATISTICS:
                        rows.append({**identity, **point, **_values(entry, chosen.reason), **counts})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def choose_cutoffs(training: Scored, sensitivities: Sequence[float]) -> dict[str, Cutoff]:
    """Choose a cutoff by every rule on the training scores; the first is the one that the study has frozen."""
    model, used = training.model, training.analysed
    frozen = Cutoff(model.cutoff, np.nan, (), "" if not np.isnan(model.cutoff) else "no threshold was frozen")
    cutoffs = {f"{FROZEN} ({model.rule})": frozen}
    cutoffs |= {"youden": youden_cutoff(used.y, used.value), "max_accuracy": accuracy_cutoff(used.y, used.value)}
    for target in sensitivities:
        cutoffs[f"sensitivity_{target:g}"] = sensitivity_cutoff(used.y, used.value, target)
    return cutoffs


def _values(entry: Entry, reason: str) -> dict[str, object]:
    values = {name: getattr(entry, name) for name in ("statistic", "estimate", "lower", "upper", "method", "reason")}
    return {**values, "reason": reason or entry.reason}
