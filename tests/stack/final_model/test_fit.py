"""A final model: cross-fitted, calibrated, frozen."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from sonomics.core.errors import StudyError
from sonomics.core.settings.stack import FinalModel, Stack
from sonomics.core.settings.tasks import BinaryTask
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.stack.final_model.binary import fit as fit_binary
from sonomics.stack.final_model.fit import check_calibration, fit_final_model
from tests.stack.base import scores


def final(*models: str, **keys: str) -> FinalModel:
    return FinalModel.model_validate({"of": list(models), **keys})


@pytest.mark.parametrize("method", [name for name in CALIBRATIONS.names() if "binary" in CALIBRATIONS.get(name).serves])
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


def test_a_mean_of_thetas_weighted_by_auc_is_the_published_one_and_is_calibrated_as_a_probability():
    random = np.random.default_rng(3)
    rows = []
    for number in range(60):
        for model, signal in (("resnet", 1.5), ("darknet", 0.8)):
            for image in range(1 + number % 3):
                odds = random.normal(signal * (number % 2), 1.0) - 0.5
                about = {"patient": f"P{number:02d}", "case": f"P{number:02d}", "image": f"P{number:02d}-E1-{image}-0"}
                fold, split = (str(number // 2 % 3), "train") if number < 48 else ("all", "internal")
                rows.append({**about, "model": model, "fold": fold, "split": split, "value": 1 / (1 + np.exp(-odds))})
    predictions = pd.DataFrame(rows).assign(kind="probability", **{"class": "1"})
    outcomes = pd.DataFrame({"label": np.arange(48) % 2.0}, index=[f"P{number:02d}" for number in range(48)])
    models = {"both": {"of": ["resnet", "darknet"], "weights": "auc", "pool": "theta"}}
    stated = Stack.model_validate({"pool": "mean", "threshold": "youden", "calibration": "none", "models": models})
    final = fit_binary(predictions, outcomes, "both", stated, "youden", BinaryTask.partial({"type": "binary"}))
    thetas = (-np.log1p(-predictions["value"])).groupby([predictions["model"], predictions["case"]]).mean()
    areas = [roc_auc_score(outcomes["label"], thetas[model][outcomes.index]) for model in ("resnet", "darknet")]
    w1 = areas[0] / sum(areas)
    tests = [f"P{number}" for number in range(48, 60)]
    combined = w1 * thetas["resnet"][tests] + (1 - w1) * thetas["darknet"][tests]
    *_, table = final
    values = table.set_index(["kind", "case"])["value"]
    np.testing.assert_allclose(values["score"][tests], combined)
    np.testing.assert_allclose(values["probability"][tests], 1 - np.exp(-combined))
    assert final.nomogram.empty
    calibrated = stated.model_copy(update={"calibration": "platt"})
    again = fit_binary(predictions, outcomes, "both", calibrated, "youden", BinaryTask.partial({"type": "binary"}))
    slope, intercept = again.calibrator["slope"], again.calibrator["intercept"]
    *_, table = again
    recalibrated = table.set_index(["kind", "case"])["value"]["probability"][tests]
    np.testing.assert_allclose(recalibrated, expit(slope * logit(1 - np.exp(-combined)) + intercept))
    weights = final.weights.set_index(["fold", "model"])["weight"]
    assert weights["all", "resnet"] == pytest.approx(w1)
    assert weights["0", "resnet"] != pytest.approx(w1)
