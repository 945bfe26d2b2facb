"""A final model: cross-fitted, calibrated, frozen."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.stack import FinalModel
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.stack.final_model.fit import check_calibration, fit_final_model
from tests.stack.base import scores


def final(*models: str, **keys: str) -> FinalModel:
    return FinalModel.model_validate({"of": list(models), **keys})


@pytest.mark.parametrize("method", CALIBRATIONS.names())
def test_every_calibration_is_fitted_out_of_fold_and_says_what_it_is(method):
    rows, labels = scores(90)
    folds = (np.arange(90) // 2 % 3).astype(str)
    names = [f"P{number:02d}" for number in range(90)]
    index = [names, names, ["train"] * 90, folds]
    table = rows[["good"]].set_axis(pd.MultiIndex.from_arrays(index, names=["patient", "case", "split", "fold"]))
    known = labels.set_axis(names)
    before = fit_final_model(table, known, "youden", method, "fitted")
    assert before["calibrator"]["method"] == method
    held = folds == "1"
    turned = known.where(~held, 1 - known)
    after = fit_final_model(table, turned, "youden", method, "fitted")
    probability, other = (made["cases"]["probability"].to_numpy() for made in (before, after))
    np.testing.assert_allclose(probability[held], other[held])
    if method in ("platt", "isotonic"):
        assert abs(probability.mean() - known.mean()) < 0.05
        assert not np.allclose(probability[~held], other[~held])


def test_scores_that_are_no_log_odds_need_a_calibration():
    predictions = pd.DataFrame({"model": ["svm", "rf"], "kind": ["score", "probability"]})
    check_calibration("none", "forest", final("rf"), predictions)
    check_calibration("none", "both", final("rf", "svm"), predictions)
    check_calibration("isotonic", "machine", final("svm"), predictions)
    with pytest.raises(StudyError, match="machine is made of svm alone"):
        check_calibration("none", "machine", final("svm"), predictions)
    with pytest.raises(StudyError, match="both is a mean"):
        check_calibration("none", "both", final("rf", "svm", weights="equal"), predictions)


def test_equal_weights_are_cross_fitted_too():
    rows, labels = scores()
    index = [[f"P{n}" for n in range(60)]] * 2 + [["train"] * 60, (np.arange(60) // 2 % 3).astype(str)]
    table = rows.set_axis(pd.MultiIndex.from_arrays(index, names=["patient", "case", "split", "fold"]))
    made = fit_final_model(table, labels.set_axis(index[0]), "youden", "platt", "equal")
    held = np.array(index[3]) == "1"
    others = rows[~held]
    expected = ((rows[held] - others.mean()) / others.std(ddof=0)).mean(axis=1)
    np.testing.assert_allclose(made["cases"]["score"][held], expected)
    assert made["stack"]["weight"] == [0.5, 0.5]
