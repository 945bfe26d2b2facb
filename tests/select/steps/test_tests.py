"""Features that differ between the classes."""

import pytest

from tests.select.features import fit, table


@pytest.mark.parametrize("test", ["u_test", "t_test"])
def test_a_correction_keeps_fewer_features(test):
    rows, labels = table()
    kept = {
        how: set(fit(rows, labels, {}, [{"step": test, "below": 0.3, "correction": how}], seed=1)["kept"])
        for how in ("none", "bh", "bonferroni")
    }
    assert {"t__first", "t__copy", "t__second"} <= kept["bonferroni"] <= kept["bh"] < kept["none"]
