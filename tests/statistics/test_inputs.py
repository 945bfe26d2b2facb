import numpy as np
import pytest

from sonomics.statistics.survival.kaplan_meier import kaplan_meier


@pytest.mark.parametrize(("time", "event"), [([-1, 2], [0, 1]), ([np.nan, 2], [0, 1]), ([], []), ([1, 2], [0, 2])])
def test_bad_follow_up_is_refused(time, event):
    with pytest.raises(ValueError, match=r"follow-up|NaN|outcome"):
        kaplan_meier(time, event)
