"""Calibration of one model's probabilities in one split: every summary and test of it."""

from collections.abc import Iterator

import numpy as np

from sonomics.evaluate.entries import Entry, estimated, single, tested
from sonomics.statistics.calibration.grouped import expected_calibration_error, hosmer_lemeshow
from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    observed_to_expected,
)
from sonomics.statistics.calibration.probability_scores import brier, log_loss, scaled_brier, spiegelhalter
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.estimates import ONE_CLASS, Floats, SignificanceTest

GROUPS = 10
DEVELOPMENT = "df = groups - 2, as for the set the model was developed on"
NEW_CASES = "df = groups, as for cases the model was not fitted on"


def calibration_entries(y: Floats, probability: Floats, level: float, developed: bool) -> Iterator[Entry]:
    """Summarise calibration.

    Parameters
    ----------
    y : ndarray of 0/1, shape (n,)
    probability : ndarray, shape (n,)
    level : float
        Of the Wald intervals.
    developed : bool
        Whether the cases are those the model was developed on, which takes two degrees of freedom from
        Hosmer and Lemeshow's test, out of fold or not.
    """
    nobody = "" if y.size else "no case with a probability"
    one_class = "" if 0 < y.sum() < y.size else ONE_CLASS
    yield estimated("calibration_intercept", calibration_in_the_large(y, probability, level), "Wald")
    yield estimated("calibration_slope", calibration_slope(y, probability, level), "Wald")
    yield single("observed_to_expected", observed_to_expected(y, probability), reason=nobody or "nothing is expected")
    yield single("brier", brier(y, probability), reason=nobody)
    yield single("scaled_brier", scaled_brier(y, probability), reason=nobody or one_class)
    yield _log_loss(y, probability, nobody)
    errors = loess_errors(y, probability)
    for name in ("ici", "e50", "e90", "emax"):
        yield single(name, getattr(errors, name), "loess", errors.reason)
    yield single("ece", expected_calibration_error(y, probability, GROUPS), f"{GROUPS} quantile groups", nobody)
    yield _hosmer_lemeshow(y, probability, developed)
    yield tested("spiegelhalter_z", spiegelhalter(y, probability), "normal")


def _log_loss(y: Floats, probability: Floats, nobody: str) -> Entry:
    loss = log_loss(y, probability)
    if np.isinf(loss):
        return Entry("log_loss", np.nan, reason="infinite: a certain prediction failed")
    return single("log_loss", loss, "natural logarithm", nobody)


def _hosmer_lemeshow(y: Floats, probability: Floats, developed: bool) -> Entry:
    found = hosmer_lemeshow(y, probability, GROUPS)
    kind, words = ("internal", DEVELOPMENT) if developed else ("external", NEW_CASES)
    df = float(getattr(found, f"df_{kind}"))
    p = getattr(found, f"p_{kind}")
    test = SignificanceTest(found.chi2, df, p) if not np.isnan(p) else SignificanceTest(np.nan, np.nan, p, found.reason)
    return tested("hosmer_lemeshow", test, f"{found.groups} groups; {words}")
