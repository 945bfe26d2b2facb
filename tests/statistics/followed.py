"""Generated follow-up: rows of time, event and score, with many ties."""

import numpy as np
from hypothesis import strategies as st

FOLLOWED = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1), st.integers(0, 3)), min_size=2, max_size=25).map(
    lambda rows: np.array(rows, dtype=float).T
)
