"""DICOMweb against a server that misbehaves."""

import errno
import logging
import ssl
import time
from copy import deepcopy
from pathlib import Path
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.tables import read_table
from sonomics.export import dicomweb
from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.multipart import read_boundary, split_parts
from sonomics.export.pacs.protocol import Criteria, PacsError
from sonomics.export.pacs.session import open_session
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings
from tests.export.certificates import certificate
from tests.export.conftest import EXAMS, IMAGES
from tests.export.web import BOUNDARY, web, wrapped

COHORT = {"centre": "north", "split": {"train": "2018-01-01"}}
ALL = len(EXAMS) * IMAGES


@pytest.fixture
def server(hospital):
    with web(hospital) as running:
        yield running


@pytest.fixture
def study(site, server):
    """A study that has asked for its cohort, and its job."""
    settings = {"url": server.url, "cohort": COHORT, "retries": 1, "pause_s": 0, "timeout_s": 10, "parallel": 2}
    params = site.state("dicomweb", settings)
    assert site.command("query").exit_code == 0

    def job(**changes):
        changed = {**params, "export": {**params["export"], "dicomweb": {**settings, **changes}}}
        dicomweb.main(site.arguments(changed))
        return read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)

    return job


def reasons(manifest):
    return manifest["reason"].value_counts().to_dict()


def series(path):
    return path.count("/") == 4


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_connection_is_taken_up_where_it_broke(server, study, share):
    cut = set()

    def fault(path):
        if not series(path) or path in cut:
            return None
        cut.add(path)
        whole = server.multipart(path.strip("/").split("/"))
        return whole[: int(len(whole) * share)]

    server.fault = fault
    assert reasons(study()) == {"": ALL}
    whole = int(IMAGES * share)
    again = len(server.fetched) - len(cut) * IMAGES
    assert again == ALL - len(cut) * whole


def test_rubbish_is_asked_for_again_then_set_aside_and_completed_later(server, study, hospital, caplog):
    bad = hospital[4]

    def fault(path):
        if path.endswith(str(bad.SOPInstanceUID)):
            return wrapped(iter([b"<html>internal error</html>"]))
        if path.endswith(str(bad.SeriesInstanceUID)):
            return wrapped(iter([server.content(hospital[3]), b"rubbish", server.content(hospital[5])]))
        return None

    server.fault = fault
    manifest = study()
    assert reasons(manifest) == {"": ALL - 1, "not_retrieved": 1}
    row = manifest[manifest["reason"] != ""].iloc[0]
    assert (row["instance"], row["file"], row["frames"]) == ("i2", "", 0)
    assert row["stem"].rpartition("-")[0] in caplog.text
    server.fault, server.fetched = lambda path: None, []
    assert reasons(study()) == {"": ALL}
    assert server.fetched == [str(bad.SOPInstanceUID)]


@pytest.mark.parametrize("answer", [500, 404, b"", b"\xff\xfe not json"])
def test_an_exam_the_server_cannot_list_is_set_aside(server, study, hospital, answer):
    uid = str(hospital[0].StudyInstanceUID)
    server.fault = lambda path: answer if uid in path else None
    assert reasons(study()) == {"": ALL - IMAGES, ("not_found" if answer == b"" else "not_retrieved"): 1}


def test_no_more_exams_are_fetched_at_the_same_time_than_stated(server, study, monkeypatch):
    at_once, most, lock = [0], [0], Lock()
    answer = server.multipart

    def slowly(parts):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.15)
        with lock:
            at_once[0] -= 1
        return answer(parts)

    monkeypatch.setattr(server, "multipart", slowly)
    assert reasons(study(parallel=2)) == {"": ALL}
    assert most[0] == 2


def test_series_of_another_modality_are_left_where_they_are(server, study, hospital):
    report = deepcopy(hospital[0])
    report.Modality, report.SeriesInstanceUID, report.SOPInstanceUID = "SR", "1.2.3", "1.2.3.4"
    server.datasets = [*hospital, report]
    assert reasons(study()) == {"": ALL}
    assert "1.2.3.4" not in server.fetched


def test_another_patients_object_is_refused(server, study, hospital):
    uid = str(hospital[0].SeriesInstanceUID)
    server.fault = lambda path: wrapped(iter([server.content(hospital[-1])])) if uid in path and series(path) else None
    assert reasons(study()) == {"": ALL}


def test_a_server_that_goes_down_stops_the_run_and_the_next_completes_it(server, study, hospital, site):
    uid = str(hospital[-1].StudyInstanceUID)
    server.fault = lambda path: 503 if uid in path else None
    with pytest.raises(StudyError, match=r"exam P\w{10}-e1: .*cannot be reached.* 503") as stopped:
        study(parallel=1)
    assert "HOSP" not in str(stopped.value)
    assert not (site.path / "data/export/0").exists()
    before = list(server.fetched)
    server.fault = lambda path: None
    assert reasons(study()) == {"": ALL}
    assert sorted(server.fetched) == sorted({str(dataset.SOPInstanceUID) for dataset in hospital})
    assert len(before) == ALL - IMAGES


def test_no_connection_stops_the_run_with_what_to_do(study):
    with pytest.raises(StudyError, match=r"no connection.*check url"):
        study(url="http://127.0.0.1:9")


def test_a_refused_password_is_not_tried_again(server, study):
    asked = []
    server.fault = lambda path: asked.append(path) or 401
    with pytest.raises(StudyError, match="SONOMICS_PACS_USER"):
        study(retries=5)
    assert len(asked) == 1


def test_a_full_disk_stops_the_run_with_what_to_do(study, monkeypatch, site):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(StudyError, match=r"exam P\w{10}-e\d.*No space left.*make room"):
            study()
    assert not list((site.path / "work").rglob("*.part"))
    assert reasons(study()) == {"": ALL}


def test_another_key_than_the_linkages_stops_the_run(study, monkeypatch):
    monkeypatch.setenv("SONOMICS_KEY", "77" * 32)
    with pytest.raises(StudyError, match="another key"):
        study()


def test_what_is_written_and_logged_tells_nobodys_name(study, site, caplog, capfd, hospital):
    with caplog.at_level(logging.DEBUG):
        study()
    written = [path for place in ("data", "work") for path in (site.path / place).rglob("*") if path.is_file()]
    public = b"".join(path.read_bytes() for path in written if "data" in path.parts)
    out, err = capfd.readouterr()
    told = " ".join([caplog.text, out, err, *(str(path) for path in written)])
    for dataset in hospital:
        for name in (dataset.PatientID, dataset.StudyInstanceUID, dataset.SOPInstanceUID, dataset.AccessionNumber):
            assert str(name) not in told
            assert str(name).encode() not in public


def test_criteria_hold_whatever_the_server_ignores(server):
    pacs = DicomWeb(DicomWebSettings.partial({"url": server.url}))
    accessions = Criteria(accessions=("ACCHOSP72", "ACCHOSP91"), first="20200101", last="20211231")
    assert {study.patient_id for study in pacs.find_studies(accessions)} == {"HOSP9"}
    assert {study.date for study in pacs.find_studies(Criteria(patients=("HOSP7",)))} == {"20180301", "20220401"}
    assert pacs.find_studies(Criteria(modality="CT")) == []
    assert len(pacs.find_studies(Criteria(description="LIVER*"))) == len(EXAMS)
    assert pacs.find_studies(Criteria(description="thyroid")) == []
    pacs.close()


def test_secrets_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SONOMICS_PACS_USER", "ann")
    monkeypatch.setenv("SONOMICS_PACS_PASSWORD", "secret")
    monkeypatch.setenv("AUTHORITIES", "/etc/authorities.pem")
    session = open_session(DicomWebSettings.partial({"ca_file": "$AUTHORITIES"}))
    assert session.auth == ("ann", "secret")
    assert session.verify == "/etc/authorities.pem"
    monkeypatch.setenv("SONOMICS_PACS_TOKEN", "token")
    session = open_session(DicomWebSettings.partial({}))
    assert session.auth is None
    assert session.headers["Authorization"] == "Bearer token"
    assert session.verify is True


@given(st.lists(st.binary(max_size=40)), st.integers(1, 30))
def test_parts_come_out_as_they_went_in_however_they_are_cut(contents, length):
    contents = [content for content in contents if b"--part" not in content]
    whole = wrapped(iter(contents))
    pieces = [whole[start : start + length] for start in range(0, len(whole), length)]
    assert list(split_parts(pieces, BOUNDARY.encode(), 1)) == contents


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1), st.data())
def test_a_part_that_is_cut_short_never_comes_out(contents, data):
    contents = [content.replace(b"-", b"_") for content in contents]
    whole = wrapped(iter(contents))
    end = data.draw(st.integers(0, len(whole) - 1))
    out = []
    with pytest.raises(ValueError, match="ends before"):
        out.extend(split_parts([whole[:end]], BOUNDARY.encode(), 1))
    assert out == contents[: len(out)]


def test_a_boundary_is_found_quoted_or_not():
    assert read_boundary('multipart/related; type="application/dicom"; boundary="a b"') == b"a b"
    assert read_boundary("multipart/related;boundary=x-1") == b"x-1"
    assert read_boundary("application/dicom") == b""


def test_encrypted_both_ways_whatever_certificates_the_environment_names(site, hospital, monkeypatch):
    folder = site.path.parent
    for name in ("pacs", "us", "stranger"):
        certificate(folder, name)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "stranger.pem"))
    both = folder / "us-both.pem"
    both.write_bytes((folder / "us.pem").read_bytes() + (folder / "us.key").read_bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "us.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(folder / "pacs.pem", folder / "pacs.key")
    with web(hospital, context) as server:
        settings = {"url": server.url, "cohort": COHORT, "retries": 0, "pause_s": 0, "cert_file": str(both)}
        params = site.state("dicomweb", {**settings, "ca_file": str(folder / "pacs.pem")})
        asked = site.command("query")
        assert asked.exit_code == 0, asked.stderr
        dicomweb.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert reasons(manifest) == {"": len(manifest)}
        site.state("dicomweb", {**settings, "ca_file": str(folder / "stranger.pem")})
        refused = site.command("query", "--force")
        assert refused.exit_code == 2
        assert "fails at the certificate" in refused.stderr


def listed(server, **more):
    pacs = DicomWeb(DicomWebSettings.partial({"url": server.url, "timeout_s": 10, **more}))
    try:
        return {study.uid for study in pacs.find_studies(Criteria())}
    finally:
        pacs.close()


def test_every_exam_is_listed_however_the_server_pages(server, hospital):
    exams = {str(dataset.StudyInstanceUID) for dataset in hospital}
    for dataset in hospital[:IMAGES]:
        dataset = deepcopy(dataset)
        dataset.SeriesInstanceUID = f"{dataset.SeriesInstanceUID}.{dataset.InstanceNumber}"
        server.datasets = [*server.datasets, dataset]
    server.by_series, server.page = True, 1
    assert listed(server) == exams
    server.warning = '299 srv: "The number of results exceeded the maximum supported by the server."'
    with pytest.raises(PacsError, match="Warning 299"):
        listed(server)


def test_a_server_that_does_not_page_by_modality_is_asked_without(server, hospital):
    server.deaf_to = "ModalitiesInStudy"
    assert listed(server) == {str(dataset.StudyInstanceUID) for dataset in hospital}


def test_a_server_that_does_not_page_is_believed_only_when_the_study_says_so(server, site, hospital):
    server.page = None
    settings = {"url": server.url, "cohort": COHORT, "retries": 5, "pause_s": 60}
    params = site.state("dicomweb", settings)
    refused = site.command("query")
    assert refused.exit_code == 2
    assert "same rows again" in refused.stderr
    assert refused.stderr.count("\n") == 1
    params = site.state("dicomweb", {**settings, "paging": False})
    assert site.command("query").exit_code == 0
    dicomweb.main(site.arguments(params))
    assert reasons(read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)) == {"": ALL}
    server.warning = '299 srv: "The number of results exceeded the maximum supported by the server."'
    with pytest.raises(PacsError, match="Warning 299"):
        listed(server, paging=False)
