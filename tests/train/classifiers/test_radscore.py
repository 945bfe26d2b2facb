"""The radiomics score."""

import numpy as np
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.models import read_model, write_model
from sonomics.train.classifiers import radscore
from sonomics.train.classifiers.fit import score_rows


def test_the_radiomics_score_is_the_lassos_linear_combination(tmp_path):
    selection = {"coefficients": {"a": 2.0, "b": -1.0}, "intercept": 0.5, "kept": ["a", "b"]}
    model = radscore.build(selection, ["b", "a"])
    values = np.array([[1.0, 3.0], [0.0, 0.0]])
    kind, scores = score_rows(model, values)
    assert kind == "probability"
    assert scores == pytest.approx(1 / (1 + np.exp(-np.array([0.5 + 2 * 3 - 1, 0.5]))))
    write_model(tmp_path / "m.skops", model)
    assert score_rows(read_model(tmp_path / "m.skops"), values)[1] == pytest.approx(scores)


def test_a_radscore_without_coefficients_is_refused():
    with pytest.raises(StudyError, match="end the steps with lasso"):
        radscore.build({"coefficients": {}, "intercept": None}, ["a"])
