import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.classification.confusion import count_confusion, summarise_confusion
from sonomics.statistics.classification.cutoffs import (
    accuracy_cutoff,
    operating_points,
    sensitivity_cutoff,
    youden_cutoff,
)

Y = [0, 0, 1, 0, 1, 1]
SCORE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=4, max_size=25).filter(
    lambda rows: {y for y, _ in rows} == {0, 1}
)


@pytest.mark.parametrize("model", ["model_a", "model_b"])
@pytest.mark.parametrize(("rule", "choose"), [("youden", youden_cutoff), ("max_accuracy", accuracy_cutoff)])
def test_training_cutoffs_equal_r(oracle, paired, model, rule, choose):
    got = choose(paired["train"]["y"], paired["train"][model])
    values = {"cutoff": got.cutoff, "value": got.value, "n_ties": len(got.tied), "tied_cutoffs": list(got.tied)}
    oracle.check(f"cutoffs.{model}.{rule}", values)


def test_ties_go_to_the_lowest_cutoff():
    got = youden_cutoff(Y, SCORE)
    assert got.cutoff == 0.3
    assert got.tied == (0.3, 0.5)
    assert got.value == pytest.approx(2 / 3)


def test_wanted_sensitivity_is_reached_with_the_best_specificity():
    assert sensitivity_cutoff(Y, SCORE, 1.0)[:2] == pytest.approx((0.3, 2 / 3))
    assert sensitivity_cutoff(Y, SCORE, 0.6)[:2] == pytest.approx((0.5, 1.0))
    assert sensitivity_cutoff(Y, SCORE, 0.2)[:2] == pytest.approx((0.5, 1.0))


@given(ROWS, st.sampled_from([0.5, 0.8, 0.95, 1.0]))
def test_wanted_sensitivity_always_holds_on_the_training_rows(rows, wanted):
    y, score = np.array(rows).T
    chosen = sensitivity_cutoff(y, score, wanted)
    assert summarise_confusion(count_confusion(y, score, chosen.cutoff)).sensitivity.estimate >= wanted - 1e-12


@given(ROWS)
def test_operating_points_are_the_confusion_tables(rows):
    y, score = np.array(rows).T
    for cutoff, *shares in zip(*operating_points(y, score), strict=True):
        table = summarise_confusion(count_confusion(y, score, cutoff))
        assert shares == pytest.approx(
            [table.sensitivity.estimate, table.specificity.estimate, table.accuracy.estimate]
        )


@pytest.mark.parametrize("choose", [youden_cutoff, accuracy_cutoff, lambda y, s: sensitivity_cutoff(y, s, 0.9)])
@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_one_class_is_not_estimable(choose, y):
    got = choose(y, [1, 2, 3])
    assert np.isnan(got.cutoff)
    assert got.tied == ()
    assert got.reason == "only one class"


def test_an_impossible_sensitivity_is_refused():
    with pytest.raises(ValueError, match="required sensitivity"):
        sensitivity_cutoff(Y, SCORE, 90)
