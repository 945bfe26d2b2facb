import numpy as np
import pytest

from sonomics.statistics.discrimination.auc import hanley_mcneil_se
from sonomics.statistics.planning.power import auc_power, log_rank_events, log_rank_power


def test_schoenfeld():
    # Schoenfeld 1983: hazard ratio 2, equal groups, 80 % power, two-sided 5 %: 66 events.
    assert log_rank_events(2.0) == log_rank_events(0.5) == 66
    assert log_rank_power(66, 2.0) == pytest.approx(0.8, abs=0.01)


def test_power_of_an_area():
    assert auc_power(0.5, 50, 50) == pytest.approx(0.025)
    assert auc_power(0.8, 50, 50) > 0.99
    assert np.isnan(auc_power(0.8, 0, 50))
    assert hanley_mcneil_se(0.8, 50, 50) < hanley_mcneil_se(0.8, 25, 25)
