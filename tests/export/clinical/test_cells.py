"""One cell at a time: numbers, words, dates, patterns, units."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.settings.clinical import ClinicalColumn
from sonomics.export.clinical.cells import accept_within_range, measure_elapsed, read_cell, read_date
from sonomics.export.clinical.units import UNITS, check_conversion, conversion_factor

MM = {"unit": "mm", "to": "mm"}
SIZE = {**MM, "pattern": r"(?P<value>\d+)\s*(?P<unit>\w*)"}
GRADE = {"values": {"low": ["G1", 1], "high": ["G2", "G3"]}}


@pytest.mark.parametrize(
    ("raw", "rule", "decimal", "value", "reason"),
    [
        (" 12.5 ", MM, ".", 12.5, ""),
        ("12,5", MM, ",", 12.5, ""),
        ("1.234", MM, ",", None, "not_a_number"),
        ("1,234", MM, ".", None, "not_a_number"),
        ("1e3", MM, ".", 1000.0, ""),
        ("1e999", MM, ".", None, "not_a_number"),
        ("12 mm", MM, ".", None, "not_a_number"),
        ("", MM, ".", None, "empty"),
        ("<0.6", MM, ".", None, "beyond_limit"),
        ("<0.6", {**MM, "limits": "take"}, ".", 0.6, ""),
        (">= 100", {**MM, "limits": "take"}, ".", 100.0, ""),
        ("7", {**MM, "factor": 1.21}, ".", 8.47, ""),
        ("7", {**MM, "to": "cm"}, ".", 0.7, ""),
        ("7", {**MM, "range": [8, 9]}, ".", None, "out_of_range"),
        ("97", {**MM, "cap": 90}, ".", 90.0, ""),
        ("mass of 3 cm", SIZE, ".", 30.0, ""),
        ("mass of 3", SIZE, ".", 3.0, ""),
        ("mass of 3 inch", SIZE, ".", None, "unknown_unit"),
        ("mass of 3 kg", SIZE, ".", None, "unknown_unit"),
        ("3 cm, 30 mm", SIZE, ".", 30.0, ""),
        ("3 cm, 4 cm", SIZE, ".", None, "several_values"),
        ("3 cm, 4 cm, 2 cm", {**SIZE, "several": "largest"}, ".", 40.0, ""),
        ("3 cm, 4 cm", {**SIZE, "several": "first"}, ".", 30.0, ""),
        ("no mass", SIZE, ".", None, "no_match"),
        (" g3", GRADE, ".", "high", ""),
        ("1", GRADE, ".", "low", ""),
        ("G3 Jane Doe", GRADE, ".", None, "not_listed"),
        ("grade: G2.", {**GRADE, "pattern": r"grade: (?P<value>\w+)"}, ".", "high", ""),
    ],
)
def test_a_cell_is_a_value_or_a_reason(raw: str, rule: dict[str, Any], decimal: str, value: Any, reason: str) -> None:
    reading = read_cell(raw, ClinicalColumn.partial(rule), rule.get("unit", ""), decimal)
    assert (reading.value, reading.reason) == (value, reason)


@given(st.text())
def test_text_never_passes(raw: str) -> None:
    for rule in (MM, SIZE, GRADE, {**GRADE, "pattern": "(?P<value>.*)"}):
        value = read_cell(raw, ClinicalColumn.partial(rule), "mm", ".").value
        assert value is None or isinstance(value, float) or value in ("low", "high")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2021-03-04", date(2021, 3, 4)),
        ("2021-03-04T10:20:00", date(2021, 3, 4)),
        ("20210304", date(2021, 3, 4)),
        ("04.03.2021", date(2021, 3, 4)),
        ("31.02.2021", None),
        ("2021-13-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_iso_or_of_the_stated_form_or_impossible(raw: str, day: date | None) -> None:
    assert read_date(raw, "%d.%m.%Y") == day


def test_the_stated_form_goes_before_iso() -> None:
    assert read_date("20210304", "%Y%d%m") == date(2021, 4, 3)


def test_time_between_dates() -> None:
    start = date(2020, 2, 29)
    assert measure_elapsed(start, date(2020, 3, 30), "day") == 30
    assert measure_elapsed(start, date(2021, 2, 28), "year") == 0
    assert measure_elapsed(start, date(2021, 3, 1), "year") == 1
    assert measure_elapsed(start, date(2021, 3, 1), "month") == 12.02  # 366 days of 30.4375
    assert measure_elapsed(start, date(2020, 2, 28), "day") == -1


def test_the_number_that_broke_the_range_is_named() -> None:
    assert accept_within_range(15.0, ClinicalColumn.partial({"range": [18, 100]})).found == 15.0


@pytest.mark.parametrize(
    ("unit", "to", "analyte", "factor"),
    [
        ("cm", "mm", "", 10), ("µg/L", "ng/ml", "", 1), ("IU/mL", "ng/mL", "afp", 1.21),
        ("ng/mL", "IU/L", "afp", 1000 / 1.21), ("U/L", "U/mL", "", 0.001), ("years", "months", "", 12),
        ("g/dL", "g/L", "", 10), ("kU/L", "U/mL", "", 1),
    ],
)  # fmt: skip
def test_units_convert(unit: str, to: str, analyte: str, factor: float) -> None:
    assert conversion_factor(unit, to, analyte) == pytest.approx(factor)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_there_and_back_is_one(unit: str, to: str) -> None:
    there, back = conversion_factor(unit, to, ""), conversion_factor(to, unit, "")
    if UNITS[unit][0] == UNITS[to][0]:
        assert there is not None
        assert back is not None
        assert there * back == pytest.approx(1)
    else:
        assert there is back is None
        with pytest.raises(StudyError, match="measures"):
            check_conversion(unit, to, "", "here")


def test_a_date_in_digits_of_another_script_is_not_one() -> None:
    assert read_date("٠٤.٠٣.٢٠٢١", "%d.%m.%Y") is None
    assert read_date("２０２１-０３-０４", "%Y-%m-%d") is None
