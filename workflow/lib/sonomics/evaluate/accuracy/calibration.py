"""Calibration of one model's probabilities in one split: every summary and test of it."""

from collections.abc import Iterator

import numpy as np

from sonomics.evaluate.tables.entries import Entry, estimate_entry, number_entry, significance_entry
from sonomics.statistics.calibration.grouped import expected_calibration_error, hosmer_lemeshow
from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    observed_to_expected,
)
from sonomics.statistics.calibration.probability_scores import brier, log_loss, scaled_brier, spiegelhalter_test
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
        Confidence level of the Wald intervals.
    developed : bool
        Whether the cases are those the model was developed on, which takes two degrees of freedom from
        Hosmer and Lemeshow's test, out of fold or not.
    """
    no_case = "" if y.size else "no case with a probability"
    one_class = "" if 0 < y.sum() < y.size else ONE_CLASS
    yield estimate_entry("calibration_intercept", calibration_in_the_large(y, probability, level), "Wald")
    yield estimate_entry("calibration_slope", calibration_slope(y, probability, level), "Wald")
    ratio = observed_to_expected(y, probability)
    yield number_entry("observed_to_expected", ratio, reason=no_case or "nothing is expected")
    yield number_entry("brier", brier(y, probability), reason=no_case)
    yield number_entry("scaled_brier", scaled_brier(y, probability), reason=no_case or one_class)
    yield _log_loss(y, probability, no_case)
    errors = loess_errors(y, probability)
    for name in ("ici", "e50", "e90", "emax"):
        yield number_entry(name, getattr(errors, name), "loess", errors.reason)
    error = expected_calibration_error(y, probability, GROUPS)
    yield number_entry("ece", error, f"{GROUPS} quantile groups", no_case)
    yield _hosmer_lemeshow(y, probability, developed)
    yield significance_entry("spiegelhalter_z", spiegelhalter_test(y, probability), "normal")


def _log_loss(y: Floats, probability: Floats, no_case: str) -> Entry:
    loss = log_loss(y, probability)
    if np.isinf(loss):
        return Entry("log_loss", np.nan, reason="infinite: a certain prediction failed")
    return number_entry("log_loss", loss, "natural logarithm", no_case)


def _hosmer_lemeshow(y: Floats, probability: Floats, developed: bool) -> Entry:
    result = hosmer_lemeshow(y, probability, GROUPS)
    df, p = (result.df_internal, result.p_internal) if developed else (result.df_external, result.p_external)
    if np.isnan(p):
        test = SignificanceTest(np.nan, np.nan, p, result.reason)
    else:
        test = SignificanceTest(result.chi2, float(df), p)
    words = DEVELOPMENT if developed else NEW_CASES
    return significance_entry("hosmer_lemeshow", test, f"{result.groups} groups; {words}")
