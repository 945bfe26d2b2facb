import numpy as np
import pytest
from scipy.special import expit, logit

from sonomics.statistics.regression.nomogram import (
    build_nomogram,
    join_nomograms,
    scale_events,
    scale_odds,
    scale_probability,
)

# Log odds = -5 + 0.1 age + 1.5 (male) - 0.02 afp; age 20 to 60, afp 0 to 100.
AXES = {
    "age": [(str(age), 0.1 * age) for age in (20, 40, 60)],
    "sex": [("F", 0.0), ("M", 1.5)],
    "afp": [(str(afp), -0.02 * afp) for afp in (0, 50, 100)],
}


def test_points_by_hand():
    table = build_nomogram(AXES, [scale_probability(-5)]).set_index(["axis", "label"])["points"]
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
    table = build_nomogram(AXES, [scale_probability(-5)]).set_index(["axis", "label"])["points"]
    total = table["age", "40"] + table["sex", "M"] + table["afp", "50"]
    probability = expit(-5 + 4 + 1.5 - 1)
    scale = table["Probability"]
    marks = logit(scale.index.astype(float))
    assert np.interp(total, scale, marks) == pytest.approx(logit(probability))


def test_a_narrow_range_of_probabilities_has_marks_of_its_own():
    table = build_nomogram({"score": [("low", 0.0), ("high", 0.5)]}, [scale_probability(-1.5)])
    shown = table.loc[table["kind"] == "probability"].set_index("label")["points"]
    assert list(shown.index) == ["0.2", "0.22", "0.24", "0.26"]
    assert shown["0.24"] == pytest.approx(200 * (logit(0.24) + 1.5))


@pytest.mark.parametrize("axes", [{}, {"age": [("1", 0.0), ("2", 0.0)]}])
def test_without_a_variable_that_changes_anything_there_is_none(axes):
    assert build_nomogram(axes, [scale_probability(0.3)]).empty


def test_events_by_a_horizon_by_hand():
    # P = 1 - exp(-H0(t) exp(x)): at H0 = 0.1 and x = 2, 1 - exp(-0.1 e^2) = 0.522.
    scales = scale_events([5, 10, 30], [0.04, 0.1, 0.4], 50, 0.0, [4, 12, 30, 60])
    assert [scale.name for scale in scales] == ["Event by 12 months", "Event by 30 months"]
    assert scales[0].read(scales[0].constant + 2) == pytest.approx(1 - np.exp(-0.1 * np.exp(2)))
    table = build_nomogram({"x": [("0", 0.0), ("4", 4.0)]}, scales).set_index(["axis", "label"])["points"]
    # log(-log(0.5) / 0.1) = 1.9364 of 4: 48.4 points.
    assert table["Event by 12 months", "0.5"] == pytest.approx(100 * np.log(-np.log(0.5) / 0.1) / 4)
    assert table["Event by 30 months", "0.5"] == pytest.approx(100 * np.log(-np.log(0.5) / 0.4) / 4)


def test_odds_by_hand_and_classes_below_each_other():
    axes = {"x": [("0", 0.0), ("4", 4.0)]}
    table = build_nomogram(axes, [scale_odds(-2, "Odds")]).set_index(["axis", "label"])["points"]
    assert table["Odds", "1"] == pytest.approx(50)
    assert table["Odds", "2"] == pytest.approx(100 * (np.log(2) + 2) / 4)
    empty = build_nomogram({}, [])
    joined = join_nomograms({"a": empty, "b": build_nomogram(axes, [scale_odds(0, "Odds")])})
    assert set(joined["class"]) == {"b"}
    assert list(join_nomograms({"a": empty}).columns) == ["class", "kind", "axis", "label", "points"]


@pytest.mark.parametrize("scale", [scale_odds(0, "Odds"), *scale_events([1], [0.1], 9, 0.0, [2]), scale_probability(0)])
def test_effects_without_bounds_overflow_nothing(scale):
    table = build_nomogram({"x": [("low", -900.0), ("high", 2000.0)]}, [scale])
    assert np.isfinite(table["points"]).all()
    assert (table["kind"] == "probability").sum() >= 4
