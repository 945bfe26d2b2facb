"""What the page says of copies between patients, and of values that a proof left open."""

from typing import Any

from sonomics.core.settings.parameters import Parameters
from sonomics.report.sections.flow import tabulate_flow
from sonomics.report.study.flow_of_cases import Flow
from sonomics.report.study.near_duplicates import describe_doubtful_values, describe_shared_images

SHARED = {"internal": {"patients": 172, "groups": 81}, "external_1": {"patients": 2, "groups": 1}}


def describe(duplicates: dict[str, Any], across: str = "group", counted: str = "separate") -> str:
    clean = {"duplicates": {"max_distance": 10, "across_patients": across}}
    params = Parameters.partial({"clean": clean, "evaluate": {"near_duplicates": counted}})
    return describe_shared_images({"duplicates": duplicates}, params)


def test_copies_between_patients_are_told_with_how_they_were_counted() -> None:
    found = describe({"shared": SHARED, "pairs": {"across_patients": 90}})
    sets = "172 patients of the internal test set (81 groups) and 2 patients of external test set 1 (1 group)"
    assert found == (
        f"Near-duplicate images are shared by {sets}; every interval takes them for independent patients and may be "
        "too narrow."
    )
    assert "counts as one cluster in every interval" in describe({"shared": SHARED}, counted="cluster")
    dropped = describe({"pairs": {"across_patients": 90}}, across="exclude")
    assert dropped == (
        "Near-duplicate images of different patients of one set (90 pairs) were found; the later copy was left out."
    )


def test_without_copies_nothing_is_said() -> None:
    nothing = {"pairs": {"across_patients": 0, "across_other_splits": 0}, "groups": 0}
    assert describe(nothing) == describe(nothing, across="exclude") == describe({}) == ""
    flow = Flow("Internal", 2, {}, 2, "1 positive, 1 negative")
    assert tabulate_flow([flow], "").note == tabulate_flow([flow]).note
    assert tabulate_flow([flow], "Copies.").note == f"{tabulate_flow([flow]).note} Copies."


def test_copies_in_two_test_sets_are_told() -> None:
    told = describe({"shared": SHARED, "pairs": {"across_other_splits": 1}})
    assert told.endswith("Near-duplicate images in two test sets (1 pair) stayed in both, which are not independent.")


def test_values_that_rounding_left_open_are_told() -> None:
    doubtful = {"image": "P1-e1-i1-f0", "feature": "wavelet_HL_glcm_MCC"}
    told = describe_doubtful_values({"main": {"texture": {"regions": 3, "doubtful": [doubtful, doubtful]}}})
    assert "2 values (wavelet_HL_glcm_MCC) differed by no more than rounding can make of them" in told
    assert describe_doubtful_values({"main": {"texture": {"regions": 3}}}) == ""
