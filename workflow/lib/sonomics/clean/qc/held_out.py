"""Report how well a head of the QC classifier does on labelled images of held-out patients."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.clean.qc.labels import BLANK, NO, UNDETERMINABLE, YES
from sonomics.core.seeds import seed_for
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.resampling.bootstrap import bootstrap_auc

ENOUGH = 5  # images of an answer; a convention
RESAMPLES = 1000  # of a bootstrap of patients; a convention
TOO_FEW = "too few"

Floats = NDArray[np.float64]


def report_head(
    answers: "pd.Series[str]", truth: Floats, score: Floats, called: Floats, patients: NDArray[Any], seed: int
) -> dict[str, Any]:
    """Count a head's labels, and measure how well it does on held-out images.

    Parameters
    ----------
    answers : Series of str
    truth, score, called : (n,) float
        Label (1, 0 or NaN); out-of-fold probability; from `thresholds.call_images`.
    patients : (n,) array
    seed : int

    Returns
    -------
    dict
        `yes`, `no`, `unclear`, `unlabelled` (images); `auc` with the percentile interval of a bootstrap of patients,
        `sensitivity` and `specificity` with the Clopper-Pearson interval over images: each `estimate`, `lower`, `upper`
        (NaN when not estimable) and `reason` ("too few": fewer than `ENOUGH` held-out images of an answer it needs).
    """
    scored = ~np.isnan(truth) & ~np.isnan(score)
    decided = ~np.isnan(truth) & ~np.isnan(called)
    positive, negative = decided & (truth == 1), decided & (truth == 0)
    return {
        "yes": int((answers == YES).sum()),
        "no": int((answers == NO).sum()),
        "unclear": int((answers == UNDETERMINABLE).sum()),
        "unlabelled": int((answers == BLANK).sum()),
        "held_out": int(scored.sum()),
        "held_out_positive": int((truth[scored] == 1).sum()),
        "auc": _estimate_auc(truth[scored], score[scored], patients[scored], seed),
        "sensitivity": _estimate_share(called[positive] == 1),
        "specificity": _estimate_share(called[negative] == 0),
    }


def _estimate_auc(truth: Floats, score: Floats, patients: NDArray[Any], seed: int) -> dict[str, Any]:
    if min((truth == 1).sum(), (truth == 0).sum()) < ENOUGH:
        return _too_few()
    area = bootstrap_auc(truth, score, patients, RESAMPLES, seed_for(seed, "qc bootstrap"))
    return {"estimate": area.estimate, "lower": area.lower, "upper": area.upper, "reason": area.reason}


def _estimate_share(correct: NDArray[np.bool_]) -> dict[str, Any]:
    if len(correct) < ENOUGH:
        return _too_few()
    share = proportion(int(correct.sum()), len(correct))
    lower, upper = share.clopper_pearson
    return {"estimate": share.estimate, "lower": lower, "upper": upper, "reason": ""}


def _too_few() -> dict[str, Any]:
    return {"estimate": float("nan"), "lower": float("nan"), "upper": float("nan"), "reason": TOO_FEW}
