"""A score depends on its own row alone, whatever stands beside it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.rows import apply_in_batches, weigh_columns


@given(rows=st.integers(1, 40), columns=st.integers(0, 70), seed=st.integers(0, 99))
def test_a_row_is_weighed_alike_in_any_company(rows: int, columns: int, seed: int):
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(size=(rows, columns)), rng.normal(size=columns)
    together = weigh_columns(values, weights)
    np.testing.assert_allclose(together, values @ weights, atol=1e-12)
    for row in range(rows):
        assert weigh_columns(values[row : row + 1], weights).tobytes() == together[row].tobytes()
    assert weigh_columns(np.asfortranarray(values), weights).tobytes() == together.tobytes()


@given(count=st.integers(1, 20), rows=st.integers(1, 9))
def test_every_batch_has_the_same_shape_and_no_row_is_lost(count: int, rows: int):
    shapes = set()

    def double(batch: np.ndarray) -> np.ndarray:
        shapes.add(batch.shape)
        return batch[:, :1] * 2.0

    inputs = np.arange(count * 3).reshape(count, 3)
    np.testing.assert_array_equal(apply_in_batches(double, inputs, rows), inputs[:, :1] * 2.0)
    assert shapes == {(rows, 3)}
