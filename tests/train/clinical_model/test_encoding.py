"""How clinical columns enter a regression."""

import numpy as np
import pandas as pd

from sonomics.train.clinical_model.encoding import apply_encoding, fit_encoding


def test_missing_values_count_as_the_usual_ones_of_training():
    encoding = fit_encoding(pd.Series([1.0, 2.0, 9.0, np.nan], name="age"))
    assert apply_encoding(pd.Series([np.nan, 4.0], name="age"), encoding)["age"].tolist() == [2.0, 4.0]
    levels = fit_encoding(pd.Series(["b", "a", "b", None, "c"], name="sex"))
    assert levels == {"levels": ["b", "a", "c"]}
    table = apply_encoding(pd.Series(["a", None, "new"], name="sex"), levels)
    assert table.to_dict("list") == {"sex=a": [1.0, 0.0, 0.0], "sex=c": [0.0, 0.0, 0.0]}
