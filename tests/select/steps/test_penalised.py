"""Penalised regressions, and their inner folds."""

import numpy as np
import pandas as pd

from sonomics.select.steps.penalised import assign_inner_folds
from tests.select.features import fit, table


def test_an_elastic_net_keeps_both_of_a_pair_where_the_lasso_keeps_one():
    rows, labels = table()
    penalty = {"folds": 3, "rule": "min"}
    kept = {
        name: set(fit(rows, labels, {}, [{"step": name, **penalty, **more}], seed=1)["kept"])
        for name, more in (("lasso", {}), ("elastic_net", {"mixing": 0.05}))
    }
    assert kept["lasso"] < kept["elastic_net"]
    assert {"t__first", "t__copy"} <= kept["elastic_net"]


def test_inner_folds_keep_a_patients_rows_together():
    patients = [f"P{i // 2}" for i in range(24)]
    folds = assign_inner_folds(patients, np.array([0.0, 0.0, 1.0, 1.0] * 6), 3, seed=1)
    assert folds is not None
    assert (pd.Series(folds).groupby(patients).nunique() == 1).all()
    assert set(folds) == {0, 1, 2}
