"""Evaluations made by hand."""

import numpy as np
import pandas as pd

from sonomics.report.study.evaluation import Evaluation

NAN = float("nan")


def evaluation_of(variant: str, aucs: dict[str, tuple[float, float, float]]) -> Evaluation:
    """Make an evaluation from the AUC and its interval in every set."""
    rows = [
        {
            "model": "stacked",
            "split": split,
            "statistic": "auc",
            "estimate": auc[0],
            "lower": auc[1],
            "upper": auc[2],
        }
        for split, auc in aucs.items()
    ]
    reasons = ["only one class" if np.isnan(row["estimate"]) else "" for row in rows]
    table = pd.DataFrame(rows).assign(method="DeLong", n=10, positives=4, unit="patient", reason=reasons)
    splits = pd.DataFrame({"split": list(aucs), "title": [split.title() for split in aucs]})
    return Evaluation(variant, "recurrence", {"performance": table, "splits": splits}, {})


MAIN_RUN = evaluation_of("main", {"train": (0.9, 0.8, 1.0), "internal": (0.9, 0.8, 1.0)})
