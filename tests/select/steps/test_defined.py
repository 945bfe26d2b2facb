"""Features that are defined and vary."""

import numpy as np
import pandas as pd

from sonomics.select.steps.defined import keep_defined


def test_defined_means_varying_and_present_in_half_of_the_rows():
    rows = pd.DataFrame({"a": [1, 2, np.nan, np.nan], "b": [1, np.nan, np.nan, np.nan], "c": 1.0})
    assert keep_defined(rows).names == ["a"]
