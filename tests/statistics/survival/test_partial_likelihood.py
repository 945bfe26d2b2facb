import numpy as np
import pytest

from sonomics.statistics.survival.partial_likelihood import (
    baseline_cumulative_hazard,
    build_risk_sets,
)


def test_hazard_of_tied_events_by_hand():
    # Five at risk, two events at 1: 1/5 + 1/4; then one of the three left at 2.
    sets = build_risk_sets(np.array([1.0, 1.0, 2.0, 3.0, 3.0]), np.array([True, True, True, False, False]))
    times, hazard = baseline_cumulative_hazard(sets, np.zeros((5, 1)), np.zeros(1))
    assert times.tolist() == [1, 2]
    assert hazard == pytest.approx([9 / 20, 9 / 20 + 1 / 3])
