"""The splits of a task: how many cases are listed, scored, of known label, and analysed."""

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.samples.splits import split_title


def splits_table(samples: Samples, has_positives: bool = True) -> pd.DataFrame:
    """Count per split the cases listed, scored, of unknown label, analysed and, of a binary task, positive.

    Returns
    -------
    DataFrame
        `split, title, patients, cases, unscored, unknown_label, analysed, positives`; unscored means without a value of
        the primary model, and a case that is both unscored and of unknown label counts in both.
    """
    return pd.DataFrame(
        [
            {
                "split": sample.split,
                "title": split_title(sample.split),
                "patients": sample.rows["patient"].nunique(),
                "cases": sample.n,
                "unscored": int((~sample.is_scored).sum()),
                "unknown_label": int(np.isnan(sample.y).sum()),
                "analysed": sample.analysed.n,
                "positives": sample.analysed.positives if has_positives else None,
            }
            for sample in samples.primary_samples
        ]
    )
