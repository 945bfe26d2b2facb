"""How a map lies on an outline."""

import numpy as np
import pytest

from sonomics.train.heat_maps.measure import measure_overlap


def test_overlap_by_hand():
    heat = np.zeros((4, 5), np.float32)
    heat[0] = [5, 4, 3, 2, 1]
    outline = np.zeros((4, 5), bool)
    outline[:2, :2] = True
    found = measure_overlap(heat, outline, 0.2)
    assert found == pytest.approx({"hot_share": 0.2, "dice": 2 * 2 / (4 + 4), "heat_inside": 9 / 15})
    assert measure_overlap(heat, outline, 1.0)["hot_share"] == 0.25
