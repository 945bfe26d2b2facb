"""One statistic as a row of a table: with interval, degrees of freedom, P, method, and the reason when undefined."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.classification.proportion import Proportion, clustered_proportion
from sonomics.statistics.estimates import Estimate, SignificanceTest
from sonomics.statistics.resampling.bootstrap import Bootstrap

NAN = float("nan")
BOOTSTRAP = "bootstrap of patients"
ROBUST = "Wald, cluster-robust by patient"
NO_WIDTH = "all are alike, so that the interval by patient has no width"


class Sampling(NamedTuple):
    """How uncertainty is computed: confidence level, number of resamples of patients, seed of the study."""

    level: float
    resamples: int
    seed: int


class Entry(NamedTuple):
    """One statistic of one model in one split; NaN with a reason where it is not estimable."""

    statistic: str
    estimate: float
    lower: float = np.nan
    upper: float = np.nan
    df: float = np.nan
    p: float = np.nan
    method: str = ""
    reason: str = ""


def estimate_entry(name: str, estimate: Estimate, method: str) -> Entry:
    """Build the row of an estimate with its interval."""
    bounds = (estimate.estimate, estimate.lower, estimate.upper)
    return Entry(name, *bounds, method=method, reason=estimate.reason)


def bootstrap_entry(name: str, result: Bootstrap) -> Entry:
    """Build the row of a bootstrapped statistic; its method counts the resamples skipped as undefined."""
    skipped = f", {result.skipped} resamples undefined" if result.skipped else ""
    bounds = (result.estimate, result.lower, result.upper)
    return Entry(name, *bounds, method=f"{BOOTSTRAP}{skipped}", reason=result.reason)


def significance_entry(name: str, test: SignificanceTest, method: str) -> Entry:
    """Build the row of a test: its statistic, degrees of freedom and P."""
    return Entry(name, test.statistic, df=test.df, p=test.p, method=method, reason=test.reason)


def number_entry(name: str, value: float, method: str = "", reason: str = "") -> Entry:
    """Build the row of a number without interval; it has the reason only where the number is undefined."""
    return Entry(name, value, method=method, reason=reason if np.isnan(value) else "")


def wilson_entry(name: str, share: Proportion, reason: str) -> Entry:
    """Build the row of a proportion with Wilson's interval; it has the reason only where there is no case."""
    return Entry(name, share.estimate, *share.wilson, method="Wilson", reason="" if share.n else reason)


def exact_entry(name: str, share: Proportion, reason: str) -> Entry:
    """Build the row of a proportion with Clopper and Pearson's exact interval."""
    bounds = share.clopper_pearson
    return Entry(name, share.estimate, *bounds, method="Clopper-Pearson", reason="" if share.n else reason)


def estimate_clustered_share(hits: ArrayLike, patients: ArrayLike, level: float) -> Estimate:
    """Estimate a share of cases where patients have several; without interval where all or none are hits."""
    share = clustered_proportion(hits, patients, level)
    return Estimate(share.estimate, reason=NO_WIDTH) if share.estimate in (0.0, 1.0) else share
