"""Counts, proportions and other measures of the decisions at one threshold."""

from collections.abc import Iterator

import numpy as np

from sonomics.evaluate.samples.scored import Scored, Texts
from sonomics.evaluate.tables.entries import (
    NAN,
    ROBUST,
    Entry,
    estimate_clustered_share,
    estimate_entry,
    exact_entry,
    number_entry,
    wilson_entry,
)
from sonomics.statistics.classification.confusion import Confusion, count_confusion, summarise_confusion
from sonomics.statistics.estimates import Booleans

# Name to the reason where it is not estimable.
PROPORTIONS = {
    "sensitivity": "no positive case",
    "specificity": "no negative case",
    "ppv": "no case is called positive",
    "npv": "no case is called negative",
    "accuracy": "no case",
}
RATIOS = ("f1", "balanced_accuracy", "youden", "mcc", "kappa", "lr_pos", "lr_neg")
NO_CUTOFF = "the threshold was not estimable on the training set"
DEPENDENT = "a patient has several cases, which this interval takes for independent"


def threshold_entries(sample: Scored, cutoff: float, level: float) -> Iterator[Entry]:
    """Compute counts and derived measures at a cutoff.

    Proportions have Wilson and exact intervals; where a patient has several cases, the interval is robust to that
    (Wald) and there is no exact one.

    Parameters
    ----------
    sample : Scored
        Analysed cases; a case is called positive at or above the cutoff.
    cutoff : float
        NaN when it was not estimable: every measure then is not estimable either.
    level : float
        Confidence level.
    """
    if np.isnan(cutoff):
        names = [*PROPORTIONS, *(f"{name}_exact" for name in PROPORTIONS), *RATIOS, *Confusion._fields]
        yield from (Entry(name, NAN, reason=NO_CUTOFF) for name in names)
        return
    counts = count_confusion(sample.y, sample.value, cutoff)
    measures = summarise_confusion(counts, level)
    independent = sample.has_independent_cases
    shares = _shares(sample.y == 1, sample.value >= cutoff)
    for name, reason in PROPORTIONS.items():
        if independent:
            yield wilson_entry(name, getattr(measures, name), reason)
        else:
            yield _clustered_entry(name, *shares[name], sample.clusters, level, reason)
    for name, reason in PROPORTIONS.items():
        row = exact_entry(f"{name}_exact", getattr(measures, name), reason)
        yield row if independent or row.reason else Entry(row.statistic, row.estimate, reason=DEPENDENT)
    for name in RATIOS:
        ratio = getattr(measures, name)
        yield number_entry(name, NAN if np.isinf(ratio) else ratio, reason="a margin of the table is empty")
    yield from (Entry(name, count) for name, count in counts._asdict().items())


def _shares(positive: Booleans, called: Booleans) -> dict[str, tuple[Booleans, Booleans]]:
    """Return for every proportion the cases that it is a share of, and which of all cases are hits."""
    return {
        "sensitivity": (positive, called),
        "specificity": (~positive, ~called),
        "ppv": (called, positive),
        "npv": (~called, ~positive),
        "accuracy": (np.ones_like(called), called == positive),
    }


def _clustered_entry(name: str, members: Booleans, hits: Booleans, patients: Texts, level: float, reason: str) -> Entry:
    """Build the row of a proportion of cases where patients have several."""
    if not members.any():
        return Entry(name, NAN, reason=reason)
    return estimate_entry(name, estimate_clustered_share(hits[members], patients[members], level), ROBUST)
