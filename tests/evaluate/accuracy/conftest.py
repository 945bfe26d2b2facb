"""Cases that the tests of accuracy share."""

import numpy as np
import pandas as pd
import pytest

from tests.evaluate.hand_made import cohort_of, join, predictions_of


@pytest.fixture
def cases() -> pd.DataFrame:
    """Six known labels, one unknown, one unscored; of a, 3 of 4 positives and 1 of 2 negatives are called positive."""
    cohort = cohort_of(["malignant"] * 4 + ["benign"] * 2 + [np.nan, "benign"])
    a = predictions_of(cohort, "a", [0.9, 0.8, 0.6, 0.3, 0.7, 0.2, 0.5, np.nan])
    b = predictions_of(cohort, "b", [0.9, 0.8, 0.7, 0.6, 0.4, 0.2, 0.5, np.nan])
    return join(cohort, pd.concat([a, b]))
