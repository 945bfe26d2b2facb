"""The nomogram of a final model."""

import numpy as np
import pandas as pd
import pytest

from sonomics.stack.final_model.points import mark_probabilities, tabulate_points
from sonomics.stack.methods.calibration import apply_calibrator, fit_calibrator
from sonomics.stack.methods.combination import apply_combination, fit_combination
from tests.stack.base import scores


@pytest.mark.parametrize("method", ["platt", "none"])
def test_the_nomogram_of_a_stack_gives_its_probabilities(method):
    rows, labels = scores(90)
    stack = fit_combination(rows, labels, "fitted")
    calibrator = fit_calibrator(apply_combination(stack, rows), labels.to_numpy(), method)
    table = tabulate_points(stack, calibrator, rows).set_index(["axis", "label"])["points"]
    case = pd.DataFrame({"good": [1.0], "noise": [-1.0]})
    total = table["good", "1"] + table["noise", "-1"]
    scale = table["Probability"]
    shown = scale.index.astype(float)
    expected = apply_calibrator(calibrator, apply_combination(stack, case))[0]
    assert np.interp(total, scale, np.log(shown / (1 - shown))) == pytest.approx(np.log(expected / (1 - expected)))


def test_steps_have_no_nomogram():
    rows, labels = scores(90)
    calibrator = fit_calibrator(rows["good"].to_numpy(), labels.to_numpy(), "isotonic")
    assert tabulate_points(fit_combination(rows[["good"]], labels, "fitted"), calibrator, rows[["good"]]).empty


def test_the_nomogram_names_probabilities_by_themselves():
    labels = [label for label, _ in mark_probabilities(np.log(0.15 / 0.85), np.log(0.6 / 0.4))]
    assert labels == ["0.1", "0.2", "0.3", "0.5", "0.7"]
    rows, truth = scores(90)
    stack = fit_combination(rows, truth, "fitted")
    calibrator = fit_calibrator(apply_combination(stack, rows), truth.to_numpy(), "platt")
    named = tabulate_points(stack, calibrator, rows, ["good"])
    assert "0.5" in named.loc[named["axis"] == "good", "label"].tolist()
    assert "0.5" not in named.loc[named["axis"] == "noise", "label"].tolist()
