"""What `sonomics query` asks a PACS or a folder for, and what it drafts."""

import stat

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study as StudySettings
from sonomics.export.cohort.draft_from_studies import draft_cohort_and_linkage, find_split
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.pacs.protocol import (
    Criteria,
    Instance,
    Order,
    Study,
    group_into_orders,
    meets_criteria,
    read_criteria,
)
from sonomics.kinds.pacs import DraftedCohort, Query
from tests.conftest import ROOT
from tests.export.conftest import KEY, exam

PSEUDONYMS = Pseudonyms(bytes.fromhex(KEY))
SPLIT = {"train": "2018-01-01", "internal": "2020-01-01", "prospective": "2022-01-01"}
COHORT = {"centre": "north", "split": SPLIT}
DRAFTED = DraftedCohort.partial(COHORT)
BY_RULE = {"type": "binary", "rule": "time < 12 & event"}
TASKS = StudySettings.partial(
    {"tasks": {"recurrence": BY_RULE, "grade": {"type": "binary", "column": "grade"}}, "clinical": ["age"]}
)


@pytest.fixture
def media(site, hospital):
    folder = site.path.parent / "media"
    folder.mkdir()
    for number, dataset in enumerate(hospital):
        dataset.save_as(folder / str(number), enforce_file_format=True)
    site.state("folder", {"root": str(folder), "dicom": {"cohort": COHORT}})
    return folder


@pytest.mark.parametrize(
    ("date", "split"),
    [
        ("20171231", ""), ("20180101", "train"), ("20191231", "train"), ("20200101", "internal"),
        ("20230101", "prospective"), ("", ""),
    ],
)  # fmt: skip
def test_the_split_begins_on_its_first_day(date, split):
    assert find_split(date, SPLIT) == split


def test_two_splits_cannot_begin_on_the_same_day():
    with pytest.raises(StudyError, match="internal and train begin on the same day"):
        find_split("20200101", {"train": "2018-01-01", "internal": "2018-01-01"})


def test_a_patient_is_one_row_in_the_split_of_the_first_exam():
    studies = [
        Study("1.2", "ann", "20210101", accession="B"), Study("1.1", "ann", "20190101", accession="A"),
        Study("1.3", "bob", "20210101"), Study("1.4", "eve", "20010101"),
    ]  # fmt: skip
    cohort, linkage = draft_cohort_and_linkage(studies, DRAFTED, TASKS, PSEUDONYMS)
    ann, bob = PSEUDONYMS.case("ann"), PSEUDONYMS.case("bob")
    assert cohort.set_index("case")["split"].to_dict() == {ann: "train", bob: "internal"}
    assert cohort.columns.tolist() == ["patient", "case", "centre", "split", "time", "event", "grade", "age"]
    assert (cohort[["time", "event", "grade", "age"]] == "").all(axis=None)
    rows = linkage[linkage["case"] == ann][["patient_id", "study_uid", "accession", "exam"]].to_numpy().tolist()
    assert rows == [["ann", "1.1", "A", "e1"], ["ann", "1.2", "B", "e2"]]


def test_an_exam_without_a_date_does_not_cost_its_patient_the_others():
    studies = [Study("1.1", "ann", ""), Study("1.2", "ann", "20190101"), Study("1.3", "bob", "no date")]
    cohort, linkage = draft_cohort_and_linkage(studies, DRAFTED, TASKS, PSEUDONYMS)
    assert cohort["split"].tolist() == ["train"]
    assert linkage[["study_uid", "exam", "date"]].to_numpy().tolist() == [["1.2", "e1", "20190101"], ["1.1", "e2", ""]]


@pytest.mark.parametrize(
    ("date", "day"),
    [("20190131", "20190131"), ("2019.01.31", "20190131"), ("20190231", ""), ("2019", ""), ("ZZ190131", ""), ("", "")],
)
def test_a_date_is_a_day_in_either_form_or_none(date, day):
    study = Study("1.1", "ann", date)
    assert study.day == day
    assert meets_criteria(study, Criteria(first="20190101", last="20191231")) is (day != "")


@given(st.permutations([Study(f"1.{n}", f"p{n % 3}", f"2019010{n}") for n in range(1, 7)]))
def test_the_order_of_the_answer_does_not_matter(studies):
    one, two = (
        draft_cohort_and_linkage(some, DRAFTED, TASKS, PSEUDONYMS)
        for some in (studies, sorted(studies, key=lambda s: s.uid))
    )
    pd.testing.assert_frame_equal(one[0], two[0])
    pd.testing.assert_frame_equal(one[1], two[1])


@pytest.mark.parametrize(
    ("criteria", "met"),
    [
        (Criteria(), True),
        (Criteria(first="20190101", last="20190101"), True),
        (Criteria(first="20190102"), False),
        (Criteria(last="20181231"), False),
        (Criteria(modality="CT"), False),
        (Criteria(description="*LIVER?1"), True),
        (Criteria(description="liver"), False),
        (Criteria(accessions=("A", "B")), True),
        (Criteria(accessions=("B",)), False),
        (Criteria(patients=("ann",)), True),
        (Criteria(patients=("bob",)), False),
    ],
)
def test_every_criterion_is_checked_here_too(criteria, met):
    study = Study("1.1", "ann", "20190101", "", "A", "Upper liver 1", ("SR", "US"))
    assert meets_criteria(study, criteria) is met


def test_lists_are_read_line_by_line(tmp_path, monkeypatch):
    monkeypatch.setenv("LISTS", str(tmp_path))
    (tmp_path / "accessions.txt").write_text("A1\n\n A2 \nA1\n")
    assert read_criteria(Query.partial({"accessions": "$LISTS/accessions.txt"})).accessions == ("A1", "A2")
    (tmp_path / "empty.txt").write_text("\n")
    for name, rule in (("empty.txt", "is empty"), ("none.txt", "there is no file")):
        with pytest.raises(StudyError, match=rule):
            read_criteria(Query.partial({"patients": f"$LISTS/{name}"}))


def test_a_series_is_ordered_whole_only_when_nothing_of_it_is_there():
    listed = [Instance(1, n, f"a{n}", "a") for n in (1, 2)] + [Instance(2, n, f"b{n}", "b") for n in (1, 2, 3)]
    assert group_into_orders(listed, [*listed[:2], listed[3]]) == [
        Order("a", ("a1", "a2"), is_whole=True),
        Order("b", ("b2",)),
    ]
    assert group_into_orders(listed, []) == []


@pytest.mark.usefixtures("media")
class TestLinkage:
    """Where the linkage table lies, and who may read it."""

    def test_its_owner_alone_reads_it(self, site):
        assert site.command("query").exit_code == 0
        assert stat.S_IMODE(site.linkage.stat().st_mode) == 0o600

    @pytest.mark.parametrize(
        ("place", "rule"),
        [
            (None, "it is not set"),
            ("{study}/data/linkage.csv", "inside a study or a repository"),
            (f"{ROOT}/linkage.csv", "inside a study or a repository"),
            ("{study}/../linkage.txt", r"is not a .csv"),
        ],
    )
    def test_a_wrong_place_is_refused_before_anything_is_read(self, site, monkeypatch, place, rule):
        monkeypatch.delenv("SONOMICS_LINKAGE")
        if place:
            monkeypatch.setenv("SONOMICS_LINKAGE", place.format(study=site.path))
        refused = site.command("query")
        assert refused.exit_code == 2
        assert rule in refused.stderr
        assert not (site.path / "data" / "cohort.csv").exists()

    def test_neither_table_is_overwritten_unless_asked(self, site):
        site.linkage.write_text("precious")
        refused = site.command("query")
        assert refused.exit_code == 2
        assert "--force" in refused.stderr
        assert site.linkage.read_text() == "precious"
        assert not (site.path / "data" / "cohort.csv").exists()
        assert site.command("query", "--force").exit_code == 0
        assert site.linkage.read_text() != "precious"

    def test_a_case_that_is_not_linked_stops_the_export(self, site):
        from sonomics.export import folder

        params = site.state("folder", {"root": str(site.path.parent / "media"), "dicom": {"cohort": COHORT}})
        site.command("query")
        linkage = pd.read_csv(site.linkage, dtype=str)
        gone = linkage["case"].iloc[0]
        linkage[linkage["case"] != gone].to_csv(site.linkage, index=False)
        with pytest.raises(StudyError, match="does not list 1 cases of the cohort"):
            folder.main(site.arguments(params))


def test_without_a_key_the_user_is_told_how_to_make_one(site, media, monkeypatch):
    monkeypatch.delenv("SONOMICS_KEY")
    refused = site.command("query")
    assert "openssl rand -hex 32" in refused.stderr


@pytest.mark.parametrize(
    ("source", "section", "rule"),
    [
        ("dicomweb", {"url": "pacs.hospital", "cohort": COHORT}, "does not have the form"),
        ("dicomweb", {"url": "https://p/d", "cohort": COHORT, "password": "secret"}, "unknown key password"),
        ("dicomweb", {"url": "https://p/d", "cohort": {"centre": "n", "split": {"later": "2020-01-01"}}}, "later"),
        ("dimse", {"host": "p", "port": 104, "ae_title": "A", "called_ae_title": "B", "retrieve": "move",
                   "cohort": COHORT}, "store_port is missing"),
        ("folder", {"root": "/media"}, "is missing"),
        ("folder", {"root": "/media", "table": "t.csv", "dicom": {"cohort": COHORT}}, "too many"),
    ],
)  # fmt: skip
def test_wrong_parameters_stop_before_any_work(site, source, section, rule):
    site.state(source, section)
    refused = site.command("query")
    assert refused.exit_code == 2
    assert rule in refused.stderr


def test_exams_of_patients_without_any_date_are_counted(site, media):
    undated = exam("HOSP6", "20190101", "1")[0]
    undated.StudyDate = ""
    undated.save_as(media / "undated", enforce_file_format=True)
    drafted = site.command("query")
    assert "left out 1 exams of patients without any date" in drafted.output
    assert "before the first split" not in drafted.output
