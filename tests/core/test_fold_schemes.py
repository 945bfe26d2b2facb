import pandas as pd
import pytest
import yaml

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.fold_schemes import (
    check_classes,
    check_division,
    check_schemes,
    check_tied,
    count_folds,
    number_values,
    order_values,
    read_values,
)
from sonomics.core.settings.select import Scheme
from sonomics.core.settings.study import Study
from tests.conftest import ROOT

BY_CENTRE = Scheme.partial({"column": "centre"})
STUDY = Study.partial({"clinical": [], "tasks": {"cancer": {"type": "binary", "column": "cancer", "positive": 1}}})


def cohort(**columns) -> pd.DataFrame:
    """Eight training patients of four centres, both labels in each, and a test patient of a fifth."""
    names = [f"P{i}" for i in range(9)]
    table = {"patient": names, "case": names, "centre": [*"aabbccdd", "e"], "split": ["train"] * 8 + ["internal"]}
    return pd.DataFrame({**table, "cancer": [0, 1] * 4 + [1], **columns})


@pytest.fixture
def path(tmp_path):
    cohort().to_csv(tmp_path / "cohort.csv", index=False)
    return tmp_path / "cohort.csv"


def params(folds, steps=(), variants=None) -> dict:
    stated = yaml.safe_load((ROOT / "studies/smoke/params.yaml").read_text())
    stated["study"].update(
        clinical=[],
        tasks={"cancer": {"type": "binary", "column": "cancer", "positive": 1}},
        variants={"main": {}, **(variants or {})},
    )
    stated["select"].update(folds=folds, steps=list(steps))
    return stated


def check(path, *stated, **changes) -> None:
    cohort(**changes).to_csv(path, index=False)
    of_study = params(*stated)
    check_division(path, read_cohort(path, Study.partial(of_study["study"])), of_study)


def test_the_values_of_training_patients_make_the_folds(path):
    assert count_folds(path, BY_CENTRE) == 4
    assert count_folds(path, Scheme.partial({"column": "centre", "number": 2})) == 2
    assert number_values(read_values(path, "centre")).to_dict() == {f"P{i}": str(i // 2) for i in range(8)}
    assert count_folds(path, Scheme.partial({"column": "patient"})) == 8


def test_values_are_one_that_mean_the_same_and_numbers_are_ordered_by_size(path):
    cohort(site=["1", "01", "1.0", "10", "2", "2", "10", "2", ""]).to_csv(path, index=False)
    assert order_values(read_values(path, "site")) == ["1", "2", "10"]


@pytest.mark.parametrize(
    ("changes", "scheme", "message"),
    [
        ({"centre": [*"aabbccd", None, "e"]}, BY_CENTRE, r"column centre: centre is empty in 1 row \(8 below"),
        ({"centre": [*"aaaaaaaa", "e"]}, BY_CENTRE, "have 1 value, and s needs 2"),
        ({"patient": [*(f"P{i}" for i in range(7)), "P0", "P8"]}, BY_CENTRE, r"differs from .* first case.*\(8 below"),
        ({}, Scheme.partial({"column": "centre", "number": 5}), "have 4 values, and s needs 5"),
        ({}, Scheme.partial({"column": "site"}), "select.folds.s.column .*the column site is missing"),
    ],
)
def test_a_column_that_cannot_divide_the_patients_stops_the_study(path, changes, scheme, message):
    cohort(**changes).to_csv(path, index=False)
    with pytest.raises(StudyError, match=f"(?s){message}.*Fix: "):
        check_schemes(path, {"s": scheme})


def test_a_patient_may_have_several_cases_in_one_centre(path):
    cohort(patient=["P0", "P0", *(f"P{i}" for i in range(2, 9))]).to_csv(path, index=False)
    check_schemes(path, {"s": BY_CENTRE})


def test_a_test_patient_needs_no_value(path):
    cohort(site=[*"aabbccdd", ""]).to_csv(path, index=False)
    check_schemes(path, {"s": Scheme.partial({"column": "site"})})


def test_a_group_across_two_centres_stops_only_folds_that_leave_each_out():
    groups = pd.Series(["P0", "P0", "P2"], index=["P0", "P1", "P2"])
    check_tied(groups, pd.Series(["a", "a", "b"], index=groups.index), "s", BY_CENTRE)
    with pytest.raises(StudyError, match=r"1 group of patients with near-duplicate .*Fix: take one .*centre, number"):
        check_tied(groups, pd.Series(["a", "b", "b"], index=groups.index), "s", BY_CENTRE)


def test_a_centre_of_one_class_is_served_but_not_one_that_holds_all_of_a_class(path):
    folds = {"by_centre": {"column": "centre"}}
    check(path, folds, cancer=[1, 1, 0, 1, 0, 1, 0, 1, 1])
    with pytest.raises(StudyError, match="without fold 0 of by_centre the training set has known labels of one class"):
        check(path, folds, cancer=[1, 1, 0, 0, 0, 0, 0, 0, 1])


def test_labels_that_are_not_known_yet_stop_no_cleaning(path):
    cohort(cancer=None).to_csv(path, index=False)
    check_classes(read_cohort(path, STUDY), number_values(read_values(path, "centre")), STUDY, "by_centre")


def test_a_family_in_two_centres_stops_before_any_work_only_where_each_is_left_out(path):
    families = [None, "x", "x", *[None] * 6]
    with pytest.raises(StudyError, match=r"select.folds.by_centre: 1 group .* more than one centre"):
        check(path, {"by_centre": {"column": "centre"}}, group=families)
    check(path, {"two": {"column": "centre", "number": 2}}, group=families)


COMBAT = {"step": "combat", "by": "centre"}
BOTH = {"random": {"number": 2}, "by_centre": {"column": "centre"}}


def test_combat_by_centre_is_refused_by_name_where_folds_leave_centres_out(path):
    check(path, BOTH, [COMBAT])
    named = {"by_centre": {"select": {"folds": "by_centre"}}}
    with pytest.raises(StudyError, match=r"variants.by_centre.* \(4 of 4 centres\), and ComBat has no estimate.*Fix: "):
        check(path, BOTH, [COMBAT], named)
    with pytest.raises(StudyError, match="ComBat has no estimate"):
        check(path, BOTH, [{**COMBAT, "reference": "a"}], named)
    check(path, BOTH, [COMBAT], {"by_centre": {"select": {"folds": "by_centre", "steps": []}}})
    check(path, BOTH, [{**COMBAT, "by": "device"}], named)


def test_folds_by_a_column_that_divides_every_centre_take_combat(path):
    check(
        path, {"s": {"column": "site"}}, [COMBAT], None, site=["x", "y"] * 4 + [""], cancer=[0, 0, 1, 1, 0, 0, 1, 1, 1]
    )
