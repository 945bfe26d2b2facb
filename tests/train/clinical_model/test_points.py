"""The nomogram of a clinical model."""

import numpy as np
import pandas as pd
import pytest

from sonomics.train.clinical_model.binary import apply, fit
from sonomics.train.clinical_model.points import tabulate_points


def test_a_nomogram_gives_the_models_probabilities(cohort):
    clinical, labels = cohort
    state = fit(clinical, labels, enter=1.0)
    table = tabulate_points(state).set_index(["axis", "label"])["points"]
    case = pd.DataFrame({"size_mm": [30.0], "sex": ["M"], "noise": [0.0]})
    total = table["size_mm", "30"] + table["sex", "M"] + table["noise", "0"]
    scale = table["Probability"]
    marks = np.log(scale.index.astype(float) / (1 - scale.index.astype(float)))
    expected = apply(state, case)[0]
    assert np.interp(total, scale, marks) == pytest.approx(np.log(expected / (1 - expected)), abs=1e-6)
    assert table.drop(["Total points", "Probability"], level="axis").max() == pytest.approx(100)


def test_a_model_of_nothing_has_no_nomogram(cohort):
    clinical, labels = cohort
    assert tabulate_points(fit(clinical[["noise"]], labels, enter=1e-9)).empty
    assert tabulate_points(fit(pd.DataFrame({"label": labels}), labels, enter=1.0)).empty
