"""Whose objects a PACS sends: by DICOMweb, C-GET and C-MOVE, compared with the exam that was asked for."""

import stat
from contextlib import contextmanager
from copy import deepcopy
from io import BytesIO

import pytest
from pydicom import dcmread

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.tables import read_table
from sonomics.export import dicomweb, dimse
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.pacs.intake import NOT_AS_LISTED, OTHER_PATIENT, Intake, Whose
from sonomics.export.pacs.merged import read_merged
from sonomics.export.pacs.original_store import OriginalStore
from sonomics.export.pacs.protocol import Instance
from tests.export.conftest import EXAMS, IMAGES, KEY
from tests.export.orthanc import OUR_AE_TITLE, free_port
from tests.export.peer import AE_TITLE, peer
from tests.export.web import web

ALL = len(EXAMS) * IMAGES
STRANGER = "STRANGER9"
WAYS = ["dicomweb", "get", "move"]
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@contextmanager
def pacs_of(way, datasets):
    """Run a PACS; yields it, the name of the source, its settings, and its job."""
    common = {
        "cohort": {"centre": "north", "split": {"train": "2018-01-01"}}, "retries": 1, "pause_s": 0, "timeout_s": 10,
    }  # fmt: skip
    if way == "dicomweb":
        with web(datasets) as server:
            yield server, "dicomweb", {"url": server.url, **common}, dicomweb.main
        return
    port = free_port()
    with peer(datasets) as server:
        server.destination = ("127.0.0.1", port)
        section = {
            "host": "127.0.0.1", "port": server.port, "ae_title": OUR_AE_TITLE, "called_ae_title": AE_TITLE,
            "retrieve": way, **({"store_port": port, "store_host": "127.0.0.1"} if way == "move" else {}), **common,
        }  # fmt: skip
        yield server, "dimse", section, dimse.main


def export(site, way, hospital, change, **settings):
    """Query a PACS, let it change its objects, and export; return the reasons of the manifest."""
    with pacs_of(way, deepcopy(hospital)) as (server, source, section, job):
        params = site.state(source, {**section, **settings})
        drafted = site.command("query")
        assert drafted.exit_code == 0, drafted.stderr
        change(server.datasets)
        job(site.arguments(params))
    manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
    return manifest["reason"].value_counts().to_dict()


def swap_patient(datasets):
    datasets[1].PatientID = STRANGER


@pytest.mark.parametrize("way", WAYS)
def test_an_object_of_another_patient_is_set_aside_and_named_by_exam(site, hospital, way, caplog):
    assert export(site, way, hospital, swap_patient) == {"": ALL - 1, OTHER_PATIENT: 1}
    assert "of another patient" in caplog.text
    assert "-e1" in caplog.text
    assert STRANGER not in caplog.text
    kept = list((site.path / "work/received").rglob("*.dcm"))
    assert len(kept) == ALL - 1
    assert all(STRANGER.encode() not in path.read_bytes() for path in kept)


@pytest.mark.parametrize("way", WAYS)
def test_an_object_without_a_patient_is_nobodys(site, hospital, way):
    def forget(datasets):
        datasets[1].PatientID = ""

    assert export(site, way, hospital, forget) == {"": ALL - 1, OTHER_PATIENT: 1}


@pytest.mark.parametrize("way", WAYS)
def test_merged_patients_are_one_when_they_are_stated(site, hospital, way):
    merged = site.path.parent / "merged.csv"
    merged.write_text(f"HOSP7, {STRANGER}\nHOSP8,HOSP8a,HOSP8b\n")
    assert export(site, way, hospital, swap_patient, merged=str(merged)) == {"": ALL}


@pytest.mark.parametrize("way", WAYS)
def test_another_issuer_is_another_patient(site, hospital, way):
    stated = deepcopy(hospital)
    for dataset in stated:
        dataset.IssuerOfPatientID = "NORTH"

    def change(datasets):
        datasets[1].IssuerOfPatientID = "SOUTH"
        datasets[2].IssuerOfPatientID = ""

    assert export(site, way, stated, change) == {"": ALL - 1, OTHER_PATIENT: 1}


def test_an_identifier_of_two_issuers_stops_the_query_unless_one_is_stated(site, hospital):
    stated = deepcopy(hospital)
    for dataset in stated[:IMAGES]:
        dataset.IssuerOfPatientID = "NORTH"
    for dataset in stated[IMAGES : 2 * IMAGES]:
        dataset.IssuerOfPatientID = "SOUTH"
    with pacs_of("dicomweb", stated) as (_, source, section, _):
        site.state(source, section)
        refused = site.command("query")
        assert refused.exit_code == 2
        assert "1 patient identifiers come from more than one issuer" in refused.stderr
        site.state(source, {**section, "issuer": "NORTH"})
        assert site.command("query").exit_code == 0
    assert len(site.linkage.read_text().splitlines()) == 1 + len(EXAMS) - 1


@pytest.mark.parametrize("tag", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_an_object_filed_elsewhere_than_listed_is_refused(tmp_path, hospital, tag):
    dataset = deepcopy(hospital[0])
    intake, instance = intake_of(tmp_path, dataset)
    dataset[tag].value = "1.2.3"
    assert not intake.keep(content_of(dataset))
    assert intake.reason_of(instance) == NOT_AS_LISTED
    assert intake.store.missing([instance]) == [instance]


def test_what_was_not_asked_for_is_refused(tmp_path, hospital):
    intake, _ = intake_of(tmp_path, hospital[0])
    assert not intake.keep(content_of(hospital[1]))
    assert sum(intake.refused.values()) == 1
    assert not list(tmp_path.rglob("*.dcm"))


def test_what_was_received_is_never_replaced(tmp_path, hospital):
    intake, instance = intake_of(tmp_path, hospital[0])
    first = content_of(hospital[0])
    forged = deepcopy(hospital[0])
    forged.PixelData = bytes(len(forged.PixelData))
    assert intake.keep(first)
    assert intake.keep(first)
    assert not intake.keep(content_of(forged))
    assert intake.store.path(instance.uid).read_bytes() == first
    assert list(intake.refused) == ["sent again with other content; the first was kept"]


@pytest.mark.parametrize("way", WAYS)
def test_what_an_earlier_version_stored_is_looked_at_too(site, hospital, way):
    def store_foreign(datasets):
        foreign = deepcopy(datasets[1])
        foreign.PatientID = STRANGER
        pseudonyms = Pseudonyms(bytes.fromhex(KEY))
        store = OriginalStore(site.path / "work/received", str(foreign.StudyInstanceUID), pseudonyms)
        assert store.keep(str(foreign.SOPInstanceUID), content_of(foreign))

    assert export(site, way, hospital, store_foreign) == {"": ALL - 1, OTHER_PATIENT: 1}


@pytest.mark.parametrize(
    ("content", "rule"),
    [("A\n", "line 1: there is a single identifier"), ("A,B\nC,A\n", "line 2: an identifier stands on an earlier")],
)
def test_a_table_of_merged_patients_is_told_by_line(tmp_path, content, rule):
    (tmp_path / "merged.csv").write_text(content)
    with pytest.raises(StudyError, match=rule):
        read_merged(str(tmp_path / "merged.csv"))


def test_a_merged_patient_is_one_patient_of_the_cohort(site, hospital):
    merged = site.path.parent / "merged.csv"
    merged.write_text("\ufeffHOSP7,HOSP8\n\n", encoding="utf-8")
    with pacs_of("dicomweb", deepcopy(hospital)) as (_, source, section, job):
        params = site.state(source, {**section, "merged": str(merged)})
        assert site.command("query").exit_code == 0
        assert len((site.path / "data/cohort.csv").read_text().splitlines()) == 1 + 2
        job(site.arguments(params))
    manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
    assert (manifest["reason"] == "").all()


@pytest.mark.parametrize("way", WAYS)
def test_received_files_are_readable_by_their_owner_alone(site, hospital, way):
    (site.path / "work/received").mkdir(parents=True, mode=0o755)
    export(site, way, hospital, lambda datasets: None, parallel=3)
    received = site.path / "work/received"
    held = [received, *received.rglob("*")]
    assert len(held) > ALL
    assert [stat.filemode(path.stat().st_mode) for path in held if path.stat().st_mode & 0o077] == []
    assert (site.path / "data/export/0").stat().st_mode & 0o077


def intake_of(folder, dataset):
    uid, series = str(dataset.SOPInstanceUID), str(dataset.SeriesInstanceUID)
    study = str(dataset.StudyInstanceUID)
    whose = Whose(frozenset({str(dataset.PatientID)}), "", study)
    intake = Intake(OriginalStore(folder, study, Pseudonyms(b"k" * 32)), whose)
    instance = Instance(1, 1, uid, series)
    intake.expect([instance])
    return intake, instance


def content_of(dataset):
    content = BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    assert dcmread(BytesIO(content.getvalue())).SOPInstanceUID == dataset.SOPInstanceUID
    return content.getvalue()
