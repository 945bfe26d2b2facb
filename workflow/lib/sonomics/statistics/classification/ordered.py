"""Decisions among ordered classes: how far they miss."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.agreement.kappa import cohen_kappa
from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.selection.univariable_classes import kendall_by_feature

NAN = float("nan")


class OrderedReport(NamedTuple):
    """Decisions among ordered classes.

    Attributes
    ----------
    accuracy, within_one : float
        Share of cases decided right, and at most one class off.
    mean_error, bias : float
        Mean distance in classes, without and with sign (positive: too high).
    kappa_linear, kappa_quadratic : float
        Cohen's kappa with weights, over all listed classes.
    tau_b : float
        Kendall's tau-b of decided and true class.
    reason : str
        Why a value is NaN.
    """

    accuracy: float
    within_one: float
    mean_error: float
    bias: float
    kappa_linear: float
    kappa_quadratic: float
    tau_b: float
    reason: str = ""


def ordered_report(y: ArrayLike, decided: ArrayLike, classes: Sequence[str | int]) -> OrderedReport:
    """Describe decisions among ordered classes.

    Parameters
    ----------
    y, decided : array_like, shape (n,)
        True and decided class of every case.
    classes : sequence of str
        All classes, in ascending order, equally spaced.

    Returns
    -------
    OrderedReport
        All NaN without cases; kappas are NaN when labels and decisions are one same class, tau-b when either is a
        single class or there are fewer than three cases.

    Raises
    ------
    ValueError
        If a class is not listed.

    References
    ----------
    Cohen J, Psychol Bull 1968; Kendall MG, Biometrika 1945; Baccianella S, Esuli A, Sebastiani F, ISDA 2009 (mean
    error).
    """
    truth, called = encode_classes(y, classes), encode_classes(decided, classes)
    if truth.shape != called.shape:
        raise ValueError("one decision per case is needed")
    if not truth.size:
        return OrderedReport(*(NAN,) * 7, "no cases")
    error, scale = called - truth, np.arange(len(classes))
    linear, quadratic = (cohen_kappa(truth, called, form, categories=scale) for form in ("linear", "quadratic"))
    tau = float(kendall_by_feature(called[:, None], truth).coefficient[0])
    reason = linear.reason or ("labels or decisions are a single class, or fewer than three" if np.isnan(tau) else "")
    return OrderedReport(
        float((error == 0).mean()),
        float((np.abs(error) <= 1).mean()),
        float(np.abs(error).mean()),
        float(error.mean()),
        linear.estimate,
        quadratic.estimate,
        tau,
        reason,
    )
