"""Values are compared by what they mean."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.words import canonical, parse_number, read_yes_no, tidy_cell, translate, undo_float


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("1", "1"), ("1.0", "1"), ("01", "1"), ("+1", "1"), (" 1.00 ", "1"), ("\u00a01\u202f", "1"), (1, "1"),
        (1.0, "1"), ("1.", "1"), (".5", "0.5"), ("0.50", "0.5"), ("-0.0", "0"), ("100", "100"), (1e21, "1e+21"),
        ("20240101123456789012", "20240101123456789012"), ("1E2", "1E2"), ("1_000", "1_000"), ("--5", "--5"),
        ("²", "²"), ("\u0663", "\u0663"), ("inf", "inf"), ("", ""), ("4a", "4a"), (True, "True"),
        ("Gro\u0308\u00dfe", "Gr\u00f6\u00dfe"), ("stage\u00a0IV", "stage IV"), ("\ufeffyes\u200b", "yes"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("Yes", "Yes"),
    ],
)  # fmt: skip
def test_what_means_the_same_has_one_form(value, form):
    assert canonical(value) == form


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_keeps_its_value(number):
    assert float(canonical(number)) == number
    assert canonical(canonical(number)) == canonical(number)


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    assert tidy_cell(tidy_cell(text)) == tidy_cell(text)
    assert canonical(canonical(text)) == canonical(text)


def test_one_value_cannot_have_two_names():
    assert translate({0: [1, "2.0"], "one": ["a"]}) == {"1": "0", "2": "0", "a": "one"}
    with pytest.raises(ValueError, match=r"^1$"):
        translate({"train": [1], "internal": ["01"]})


def test_answers_are_yes_no_unknown_or_wrong():
    answers = read_yes_no(pd.Series(["1", "1.0", "YES", "true", "0", "no", "False", "", None, "2", "maybe"]))
    np.testing.assert_array_equal(answers, [1, 1, 1, 1, 0, 0, 0, np.nan, np.nan, np.inf, np.inf])


def test_a_column_made_float_is_undone_as_a_whole_or_not():
    assert undo_float(pd.Series(["12.0", "", "7.0"])).tolist() == ["12", "", "7"]
    assert undo_float(pd.Series(["12.0", "A7", "7.0"])).tolist() == ["12.0", "A7", "7.0"]
    assert undo_float(pd.Series(["012.0", "3.5"])).tolist() == ["012.0", "3.5"]
    assert undo_float(pd.Series(["", ""])).tolist() == ["", ""]


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5.0), (" -2.50 ", -2.5), ("+.5", 0.5), ("1e3", 1000.0), ("7.", 7.0)]
)
def test_a_number_is_parsed(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "--5", "²", "٣", "３", "½", "1_000", "nan", "inf", "0x1", "1,5", "5 mm"])
def test_what_is_not_a_number_in_plain_digits_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text)
