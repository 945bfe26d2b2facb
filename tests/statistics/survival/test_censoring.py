from sonomics.statistics.survival.censoring import Censoring


def test_events_leave_before_censorings_of_the_same_time():
    # At 2 an event and a censoring: one of the two that are left at risk is censored.
    got = Censoring.estimate([1, 2, 2, 3], [1, 1, 0, 0])
    assert got.staying.tolist() == [1, 0.5, 0]
    assert got.before([1, 2, 3]).tolist() == [1, 1, 0.5]
    assert got.at([1, 2, 3]).tolist() == [1, 0.5, 0]
    assert got.at([0.5]).tolist() == [1]
