"""The cutpoint of the score that separates training survival best, and the test at it elsewhere."""

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.entries import NAN
from sonomics.statistics.estimates import Booleans
from sonomics.statistics.survival.cutpoint import maximally_selected_log_rank
from sonomics.statistics.survival.log_rank import log_rank

COLUMNS = "split model cutpoint statistic p p_asymptotic n_high n_low n events method reason"
CHOSEN = "maximally selected log-rank statistic; P pays for the choice (Lausen and Schumacher 1994; 1992)"
CARRIED = "log-rank test at the cutpoint of training"


def cutpoint_table(samples: Samples) -> pd.DataFrame:
    """Choose the cutpoint of the primary model's score in training, and apply it to the other splits.

    Returns
    -------
    DataFrame
        `split, model, cutpoint, statistic, p, p_asymptotic, n_high, n_low, n, events, method, reason`. In training the
        maximally selected statistic with P corrected for the choice; elsewhere the log-rank chi-square at that
        cutpoint, chosen without these cases. High is above the cutpoint.
    """
    choice = _choose_cutpoint(samples.training(samples.primary).followed)
    rows = []
    for sample in samples.primary_samples:
        followed = sample.followed
        if not followed.n:
            continue
        high = followed.value > float(choice["cutpoint"])
        names = {"split": sample.split, "model": sample.model.name}
        counts = {"n_high": int(high.sum()), "n_low": int((~high).sum()), "n": followed.n}
        result = choice if sample.split == TRAIN else _test_at_cutpoint(followed, high, choice)
        rows.append({**names, **counts, "events": int(followed.event.sum()), **result})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _choose_cutpoint(training: Scored) -> dict[str, float | str]:
    if not training.n:
        return {"cutpoint": NAN, "method": CHOSEN, "reason": "no training case with follow-up and score"}
    result = maximally_selected_log_rank(training.time, training.event, training.value)
    values = {"cutpoint": result.cutpoint, "statistic": result.statistic}
    return {**values, "p": result.p_1994, "p_asymptotic": result.p_1992, "method": CHOSEN, "reason": result.reason}


def _test_at_cutpoint(followed: Scored, high: Booleans, choice: dict[str, float | str]) -> dict[str, float | str]:
    if np.isnan(float(choice["cutpoint"])):
        return {"cutpoint": NAN, "method": CARRIED, "reason": "training gives no cutpoint"}
    test = log_rank(followed.time, followed.event, high).test
    values = {"cutpoint": choice["cutpoint"], "statistic": test.statistic, "p": test.p}
    return {**values, "method": CARRIED, "reason": test.reason}
