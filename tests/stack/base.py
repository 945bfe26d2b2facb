"""Scores of two base models: one that tells the classes apart, and noise."""

import numpy as np
import pandas as pd


def scores(n: int = 60) -> tuple[pd.DataFrame, pd.Series]:
    random = np.random.default_rng(0)
    labels = pd.Series(np.arange(n) % 2.0)
    good = labels + random.normal(0, 0.5, n)
    return pd.DataFrame({"good": good, "noise": random.normal(size=n)}), labels
