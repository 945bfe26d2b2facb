"""Times of injection in the cohort."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from sonomics.clean.clips.injection import find_injection_s, read_injections
from sonomics.clean.clips.intensity_curve import Curve
from sonomics.core.errors import StudyError
from sonomics.core.settings.clean import Injection


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text("patient,case,centre,split,injected_s,time\nP1,P1,c,train,-12.5,3\nP2,P2,c,train,,4\n")
    return path


def test_only_cases_with_a_number_are_known(cohort: Path) -> None:
    assert read_injections(cohort, "injected_s") == {"P1": -12.5}


@pytest.mark.parametrize(
    ("column", "message"), [("bolus_s", "has no column bolus_s"), ("time", "is not a time of injection")]
)
def test_a_wrong_column_stops_the_study(cohort: Path, column: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        read_injections(cohort, column)


def test_a_word_instead_of_seconds_stops_the_study(cohort: Path) -> None:
    cohort.write_text("patient,case,centre,split,injected_s\nP1,P1,c,train,early\n")
    with pytest.raises(StudyError, match="injected_s is not a number in 1 row") as caught:
        read_injections(cohort, "injected_s")
    assert "early" not in str(caught.value)  # a cell may hold anything


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"from": "start"}, 0),
        ({"from": "tag"}, -10),
        ({"from": "table", "column": "injected_s"}, -7),
        ({"from": "arrival", "delay_s": 15}, 5),
    ],
)
def test_every_rule_has_its_time(rule: dict[str, object], expected: float) -> None:
    tags = Dataset()
    tags.AcquisitionTime, tags.ContrastBolusStartTime = "101500", "101450"
    assert find_injection_s(Injection.partial(rule), tags, Curve(arrival_s=20), -7) == expected
