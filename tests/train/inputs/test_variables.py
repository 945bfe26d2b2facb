"""Clinical columns become numbers by the training rows alone."""

import numpy as np
import pandas as pd

from sonomics.train.inputs.variables import apply_scale, count_numbers, fit_scale, scale_columns


def test_numbers_by_hand() -> None:
    scale = fit_scale(pd.Series([1.0, 3.0, np.nan]))
    assert scale == {"mean": 2.0, "sd": 1.0}
    assert apply_scale(pd.Series([2.0, 5.0, np.nan]), scale).tolist() == [[0, 0], [3, 0], [0, 1]]


def test_words_by_hand_and_a_level_that_training_lacks() -> None:
    scale = fit_scale(pd.Series(["f", "m", None]))
    assert apply_scale(pd.Series(["m", "x", None]), scale).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 1]]


def test_a_constant_or_unknown_column_has_a_scale() -> None:
    assert fit_scale(pd.Series([4.0, 4.0]))["sd"] == 1
    assert fit_scale(pd.Series([np.nan, np.nan])) == {"mean": 0.0, "sd": 1.0}


def test_columns_stand_next_to_each_other() -> None:
    table = pd.DataFrame({"age": [1.0, 3.0], "sex": ["f", "m"]})
    scales = {name: fit_scale(table[name]) for name in table}
    numbers = scale_columns(table, scales)
    assert numbers.tolist() == [[-1, 0, 1, 0, 0], [1, 0, 0, 1, 0]]
    assert count_numbers(scales) == numbers.shape[1] == 5
    assert scale_columns(table, {}).shape == (2, 0)
