import numpy as np
import pandas as pd

from sonomics.statistics.survival.cox_model import predict_risk


def test_predicted_risk_without_a_covariates_effect_is_the_hazard():
    # Times 1..4, risk independent of x by symmetry: H(2) = 1/4 + 1/3.
    x = pd.DataFrame({"x": [1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0]})
    time = [1, 1, 2, 2, 3, 3, 4, 4]
    got = predict_risk(time, np.ones(8), x, x, 1)
    assert got[0] > 0
    assert ((got > 0) & (got < 1)).all()
    assert predict_risk(time, np.ones(8), x, x, 0.5).tolist() == [0] * 8
    assert np.isnan(predict_risk(time, np.ones(8), x, x, 5)).all()
