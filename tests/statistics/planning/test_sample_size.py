import pytest

from sonomics.statistics.planning.power import log_rank_events
from sonomics.statistics.planning.sample_size import binary_size, r2_of_c, survival_size


def test_as_published():
    # Riley et al., BMJ 2020, pre-eclampsia: 30 parameters, R2 0.05, prevalence 0.05.
    assert binary_size(30, 0.05, 0.05).n1 == 5249
    # Riley et al., Stat Med 2019, recurrent thromboembolism: 25 parameters, R2 0.051, rate 0.065, 2.07 years.
    assert survival_size(25, 0.051, 0.065, 2, 2.07).n1 == pytest.approx(4286, abs=1)


def test_more_parameters_need_more_patients():
    sizes = [binary_size(count, 0.1, 0.3).n for count in (5, 10, 20, 40)]
    assert sizes == sorted(set(sizes))


def test_r2_grows_with_c_and_stays_below_its_ceiling():
    values = [r2_of_c(c, 0.3) for c in (0.55, 0.7, 0.85, 0.999)]
    assert values == sorted(values)
    assert values[0] > 0
    assert values[-1] < binary_size(1, 0.1, 0.3).max_r2


@pytest.mark.parametrize(("r2", "prevalence"), [(0.9, 0.3), (0.0, 0.3), (0.1, 0.0), (0.1, 1.0)])
def test_impossible_inputs_are_refused(r2, prevalence):
    with pytest.raises(ValueError, match="between"):
        binary_size(10, r2, prevalence)


def test_other_impossible_inputs():
    with pytest.raises(ValueError, match="C statistic"):
        r2_of_c(0.5, 0.3)
    with pytest.raises(ValueError, match="positive"):
        survival_size(5, 0.1, 0.0, 2, 2)
    with pytest.raises(ValueError, match="hazard ratio"):
        log_rank_events(1.0)
