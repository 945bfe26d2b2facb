"""Set the threshold of a head of the QC classifier, and which side of it is excluded."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.folds import leave_out_folds
from sonomics.statistics.classification.cutoffs import sensitivity_cutoff

BELOW, ABOVE, NOTHING = "below", "above", ""
STATED = {"exclude_below": BELOW, "exclude_above": ABOVE}
EVEN = 0.5  # probability

Floats = NDArray[np.float64]


class Limit(NamedTuple):
    """A head calls an image positive from `threshold` on; `exclude` names the side that is excluded, "" for neither."""

    threshold: float
    exclude: str


def set_limit(rule: Mapping[str, Any], truth: Floats, score: Floats, where: str) -> Limit:
    """Set a head's limit: as params state it, or tuned to a sensitivity.

    Parameters
    ----------
    rule : mapping
        `clean.qc.heads.<head>`: `exclude_below`, `exclude_above`, `sensitivity` (with `exclude`, below when not
        stated), or none of them: then 0.5 separates yes from no and nothing is excluded.
    truth : (n,) float
        1, 0 or NaN.
    score : (n,) float
        Out-of-fold probabilities, or NaN.
    where : str
        The rule's key in params.yaml, for messages.

    Raises
    ------
    StudyError
        When a sensitivity is stated and there is no labelled image of one of the answers to tune it on.
    """
    for key, side in STATED.items():
        if key in rule:
            return Limit(float(rule[key]), side)
    if "sensitivity" not in rule:
        return Limit(EVEN, NOTHING)
    known = ~np.isnan(truth) & ~np.isnan(score)
    tuned = sensitivity_cutoff(truth[known], score[known], rule["sensitivity"]).cutoff
    if np.isnan(tuned):
        lacking = "no held-out image of one of the answers, so no threshold can be tuned"
        raise StudyError(where, lacking, "label images of more training patients, or state exclude_below instead")
    return Limit(tuned, rule.get("exclude", BELOW))


def call_images(
    rule: Mapping[str, Any], limit: Limit, truth: Floats, score: Floats, folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Call held-out images positive or negative.

    A tuned threshold is tuned again for each fold, on the other folds: no image takes part in its own threshold.

    Returns
    -------
    (n,) float
        1, 0, or NaN where there is no score.
    """
    threshold = np.full(len(score), limit.threshold)
    if "sensitivity" in rule:
        known = ~np.isnan(truth) & ~np.isnan(score)
        for _, fitted, scored in leave_out_folds(folds):
            others = fitted & known
            threshold[scored] = sensitivity_cutoff(truth[others], score[others], rule["sensitivity"]).cutoff
    called = np.where(score >= threshold, 1.0, 0.0)
    return np.where(np.isnan(score) | np.isnan(threshold), np.nan, called)
