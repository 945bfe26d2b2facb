import numpy as np
import pytest
from scipy.special import expit, logit

from sonomics.statistics.regression.nomogram import build_nomogram

# Log odds = -5 + 0.1 age + 1.5 (male) - 0.02 afp; age 20 to 60, afp 0 to 100.
AXES = {
    "age": [(str(age), 0.1 * age) for age in (20, 40, 60)],
    "sex": [("F", 0.0), ("M", 1.5)],
    "afp": [(str(afp), -0.02 * afp) for afp in (0, 50, 100)],
}


def test_points_by_hand():
    table = build_nomogram(AXES, -5).set_index(["axis", "label"])["points"]
    # age spans 4 units of log odds, the most: 100 points, so 25 points a unit.
    assert table["age"].to_dict() == pytest.approx({"20": 0, "40": 50, "60": 100})
    assert table["sex"].to_dict() == pytest.approx({"F": 0, "M": 37.5})
    assert table["afp"].to_dict() == pytest.approx({"0": 50, "50": 25, "100": 0})
    # 0 points: age 20, female, afp 100: -5 + 2 - 2 = -5; 125 points: even odds.
    assert table["Probability", "0.5"] == pytest.approx(125)
    assert table["Probability", "0.2"] == pytest.approx(25 * (np.log(0.25) + 5))
    assert ("Probability", "0.98") not in table.index
    assert table["Total points"].max() == 190


def test_the_sum_of_a_cases_points_means_the_models_probability():
    table = build_nomogram(AXES, -5).set_index(["axis", "label"])["points"]
    total = table["age", "40"] + table["sex", "M"] + table["afp", "50"]
    probability = expit(-5 + 4 + 1.5 - 1)
    scale = table["Probability"]
    marks = logit(scale.index.astype(float))
    assert np.interp(total, scale, marks) == pytest.approx(logit(probability))


def test_a_narrow_range_of_probabilities_has_marks_of_its_own():
    table = build_nomogram({"score": [("low", 0.0), ("high", 0.5)]}, -1.5)
    shown = table.loc[table["kind"] == "probability"].set_index("label")["points"]
    assert list(shown.index) == ["0.2", "0.22", "0.24", "0.26"]
    assert shown["0.24"] == pytest.approx(200 * (logit(0.24) + 1.5))


@pytest.mark.parametrize("axes", [{}, {"age": [("1", 0.0), ("2", 0.0)]}])
def test_without_a_variable_that_changes_anything_there_is_none(axes):
    assert build_nomogram(axes, 0.3).empty
