"""ROC, calibration and decision curves against hand-computed values."""

import pandas as pd
import pytest

from sonomics.evaluate.accuracy.curves import calibration_table, decision_table, roc_table
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.tables.entries import Sampling
from tests.evaluate.hand_made import A

SAMPLING = Sampling(level=0.95, resamples=20, seed=1)


def test_curves_equal_hand_computed_values(cases: pd.DataFrame) -> None:
    roc = roc_table(build_samples(cases, [A]))
    assert list(zip(roc["fpr"], roc["tpr"], strict=True)) == [
        (0, 0), (0, 0.25), (0, 0.5), (0.5, 0.5), (0.5, 0.75), (0.5, 1), (1, 1)
    ]  # fmt: skip
    decision = decision_table(build_samples(cases, [A]), [0.5], SAMPLING).iloc[0]
    assert decision["net_benefit"] == pytest.approx((3 - 1) / 6)
    assert decision["treat_all"] == pytest.approx((4 - 2) / 6)
    calibration = calibration_table(build_samples(cases, [A]), 0.95)
    assert calibration["n"].sum() == 6
    assert set(calibration["kind"]) == {"grouped"}
