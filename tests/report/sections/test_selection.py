"""The score as a formula."""

from typing import Any

from sonomics.report.sections.selection import describe_selection


def test_the_formula_is_the_sum_of_coefficients() -> None:
    scaled = {"kept": ["a", "b"], "mean": {"a": 3.0, "b": 0.0}, "sd": {"a": 2.0, "b": 1.0}}
    state: dict[str, Any] = {"coefficients": {"a": 0.5, "b": -1.0}, "intercept": None, "steps": [], **scaled}
    selection = describe_selection("texture", "recurrence", state)
    assert selection.formula == "score = − 1.0000 × z(b) + 0.5000 × z(a)"
    assert [(feature.share, feature.mean, feature.sd) for feature in selection.features] == [(1, 0, 1), (0.5, 3, 2)]


def test_without_coefficients_there_is_no_formula_but_what_was_kept_is_named() -> None:
    state: dict[str, Any] = {"coefficients": {}, "intercept": None, "mean": {}, "sd": {}, "steps": [], "kept": []}
    assert describe_selection("texture", "recurrence", state).formula == "no feature was kept, so there is no score"
    written = describe_selection("texture", "recurrence", {**state, "kept": ["a", "b"]}).formula
    assert written == "kept: a and b; the last step gives no coefficients, so there is no score"
