"""Macro and weighted precision, recall and F1 of a binary task, by two decisions."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import BOOTSTRAP, Sampling
from sonomics.statistics.classification.class_bootstrap import bootstrap_class_report
from sonomics.statistics.estimates import Booleans

COLUMNS = "model split decision of measure estimate lower upper n method reason"
LARGEST, FROZEN = "largest probability", "frozen threshold"
LABELS = ["negative", "positive"]


def average_tables(context: Context) -> Tables:
    """Make the table of means over both labels."""
    return {"label_averages": average_table(context.samples, context.sampling)}


def average_table(samples: Samples, sampling: Sampling) -> pd.DataFrame:
    """Compute precision, recall and F1 of both labels and their means, for every model and set.

    Returns
    -------
    DataFrame
        `model, split, decision, of, measure, estimate, lower, upper, n, method, reason`. Decision: the label of the
        larger probability (positive from 0.5 on; only for models that give probabilities), or that at the frozen
        threshold. `of`: a label, `macro` (plain mean), `weighted` (by the size of the label) or `all` (accuracy).
        Intervals of resampled patients; NaN with a reason, as for a label that is never decided for, which has no
        precision.
    """
    rows: list[dict[str, Any]] = []
    for sample in samples:
        for decision, used, called in _list_decisions(sample):
            names = {"model": sample.model.name, "split": sample.split, "decision": decision, "n": used.n}
            seed = seed_for(sampling.seed, "averages", sample.model.name, sample.split, decision)
            words = np.array(LABELS, dtype=object)
            how = (used.clusters, sampling.resamples, seed, sampling.level)
            table = bootstrap_class_report(words[used.y.astype(int)], words[called.astype(int)], LABELS, *how)
            found: list[dict[Any, Any]] = table.to_dict("records")
            for row in found:
                skipped = f", {row['skipped']} resamples undefined" if row["skipped"] else ""
                rows.append({**names, **row, "method": f"{BOOTSTRAP}{skipped}"})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _list_decisions(sample: Scored) -> Iterator[tuple[str, Scored, Booleans]]:
    by_probability, used = sample.by_probability.analysed, sample.analysed
    if by_probability.n:
        yield LARGEST, by_probability, by_probability.value >= 0.5
    if used.n and not np.isnan(sample.model.cutoff):
        yield FROZEN, used, used.called
