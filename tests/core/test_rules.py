"""Rules on columns: what they read, where they hold, what is not understood."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.rules import parse

TABLE = pd.DataFrame(
    {
        "age": [17.0, 18.0, np.nan, 60.0],
        "sex": ["F", "M", "F", np.nan],
        "event": [1.0, 0.0, 1.0, np.nan],
        "empty": [np.nan] * 4,
    }
)
NAN = np.nan


@pytest.mark.parametrize(
    ("text", "columns", "truth"),
    [
        ("age >= 18", ("age",), [0, 1, NAN, 1]),
        ("age < 18 | sex == F", ("age", "sex"), [1, 0, 1, NAN]),
        ("age >= 18 & sex == 'F'", ("age", "sex"), [0, 0, NAN, NAN]),
        ("!(age >= 18) & event", ("age", "event"), [1, 0, NAN, 0]),
        ("event", ("event",), [1, 0, 1, NAN]),
        ("sex != M & age != 18", ("sex", "age"), [1, 0, NAN, NAN]),
        ("age<18|age>50&event", ("age", "event"), [1, 0, NAN, NAN]),
        ("empty == yes", ("empty",), [NAN] * 4),
        ("age > -1.5", ("age",), [1, 1, NAN, 1]),
    ],
)
def test_a_rule_holds_does_not_or_cannot_be_told(text: str, columns: tuple[str, ...], truth: list[float]) -> None:
    rule = parse(text, "here")
    assert rule.columns == columns
    np.testing.assert_array_equal(rule.holds(TABLE), truth)


@pytest.mark.parametrize(
    "text", ["", "age >=", "age => 18", "age > 18years", ">= 18", "age 18", "(age", "age > old", "a&"]
)
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(StudyError, match="not understood"):
        parse(text, "here")


@pytest.mark.parametrize(
    ("text", "rule"), [("sex > 3", "holds text"), ("sex", "holds text"), ("age == old", "numbers")]
)
def test_a_comparison_must_suit_the_column(text: str, rule: str) -> None:
    with pytest.raises(StudyError, match=rule):
        parse(text, "here").holds(TABLE)


@given(st.lists(st.sampled_from([0.0, 1.0, NAN]), min_size=3, max_size=3))
def test_an_unknown_value_matters_only_where_it_could_tip_the_rule(values: list[float]) -> None:
    text = "a & (b | !c)"
    table = pd.DataFrame([values], columns=list("abc"))
    told = parse(text, "here").holds(table)[0]
    filled = [
        [known if known == known else guess for known, guess in zip(values, guesses, strict=True)]
        for guesses in np.ndindex(2, 2, 2)
    ]
    possible = {bool(a and (b or not c)) for a, b, c in filled}
    assert told == float(possible.pop()) if len(possible) == 1 else np.isnan(told)
