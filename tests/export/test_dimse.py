"""DIMSE against a peer that misbehaves, by TLS, and against pynetdicom's qrscp."""

import errno
import gc
import ssl
import subprocess
import sys
import time
from copy import deepcopy
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from pynetdicom import AE

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.tables import read_table
from sonomics.export import dimse
from sonomics.export.pacs.association import STORED, SYNTAXES
from tests.export.certificates import certificate
from tests.export.conftest import EXAMS, IMAGES
from tests.export.orthanc import OUR_AE_TITLE, free_port, listens
from tests.export.peer import AE_TITLE, peer

COHORT = {"centre": "north", "split": {"train": "2018-01-01"}}
ALL = len(EXAMS) * IMAGES
# pynetdicom drops its socket without closing it when TLS or the connection fails.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def dropped_sockets():
    """Collect them here, lest another module's test is blamed."""
    yield
    gc.collect()


def stated(open_port, **more):
    return {
        "host": "127.0.0.1", "port": open_port, "ae_title": OUR_AE_TITLE, "called_ae_title": AE_TITLE,
        "retrieve": "get", "cohort": COHORT, "retries": 2, "pause_s": 0, "timeout_s": 10, "parallel": 1, **more,
    }  # fmt: skip


@pytest.fixture
def server(hospital):
    with peer(deepcopy(hospital)) as running:
        yield running


@pytest.fixture
def study(site, server):
    """A study that has asked for its cohort, and its job."""
    params = site.state("dimse", stated(server.port))
    drafted = site.command("query")
    assert drafted.exit_code == 0, drafted.output

    def job(**changes):
        params["export"]["dimse"] = stated(server.port, **changes)
        dimse.main(site.arguments(params))
        return read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)

    return job


def reasons(manifest):
    return manifest["reason"].value_counts().to_dict()


def test_a_cut_association_is_taken_up_where_it_broke(server, study):
    server.aborts = [1, 0, 2]
    assert reasons(study()) == {"": ALL}
    assert sorted(server.sent) == sorted({str(dataset.SOPInstanceUID) for dataset in server.datasets})


def test_a_failing_request_is_repeated_then_set_aside_and_completed_later(server, study):
    server.statuses = [0xA701] * (3 * (IMAGES + 1))
    assert reasons(study()) == {"": ALL - IMAGES, "not_retrieved": IMAGES}
    assert reasons(study()) == {"": ALL}
    assert len(server.sent) == ALL


def test_a_full_disk_stops_the_run_with_what_to_do(study, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(StudyError, match=r"exam P\w{10}-e\d.*No space left.*make room"):
            study()
    assert reasons(study()) == {"": ALL}


def test_a_server_that_goes_down_in_mid_transfer_stops_the_run_and_the_next_completes_it(server, study, site):
    server.aborts, server.falls = [1], True
    with pytest.raises(StudyError, match=r"exam P\w{10}-e\d.*cannot be reached"):
        study(timeout_s=2)
    assert not (site.path / "data/export/0").exists()
    assert len(list((site.path / "work/received").rglob("*.dcm"))) == 1
    server.rise()
    assert reasons(study()) == {"": ALL}
    assert sorted(server.sent) == sorted({str(dataset.SOPInstanceUID) for dataset in server.datasets})


def test_another_patients_object_is_refused(server, study):
    server.stray = deepcopy(server.datasets[0])
    server.stray.StudyInstanceUID = "1.2.3"
    server.stray.SOPInstanceUID = server.stray.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    assert reasons(study(retries=0)) == {"": ALL}
    assert "1.2.3.4" in server.sent


def test_an_unknown_title_stops_the_run_with_what_to_do(study):
    with pytest.raises(StudyError, match=r"rejects the association.*called_ae_title"):
        study(called_ae_title="SOMEONE")


def test_no_server_stops_the_run_with_what_to_do(study):
    with pytest.raises(StudyError, match=r"no connection to 127\.0\.0\.1.*host and port"):
        study(port=free_port())


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(256)), b""])
def test_a_server_that_answers_rubbish_stops_the_run_with_what_to_do(study, answer):
    class Rubbish(BaseRequestHandler):
        def handle(self):
            self.request.recv(4096)
            self.request.sendall(answer)

    with ThreadingTCPServer(("127.0.0.1", 0), Rubbish) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(StudyError, match=r"no association with 127\.0\.0\.1.*check host"):
            study(port=other.server_address[1], timeout_s=2)
        other.shutdown()


def test_a_taken_port_stops_a_move_with_what_to_do(server, study):
    with pytest.raises(StudyError, match=r"port \d+ for C-MOVE is in use.*store_port"):
        study(retrieve="move", store_port=server.port, store_host="127.0.0.1")


def test_every_object_and_transfer_syntax_fits_into_one_association():
    assert len(STORED) * len(SYNTAXES) + 2 <= 128


class Secured:
    """Both sides' certificates, and what each says of its own."""

    def __init__(self, folder):
        for name in ("pacs", "us", "stranger"):
            certificate(folder, name)
        self.folder = folder
        self.listening = self.context(ssl.Purpose.CLIENT_AUTH, "pacs", "us")

    def context(self, purpose, own, trusted):
        made = ssl.create_default_context(purpose, cafile=str(self.folder / f"{trusted}.pem"))
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_cert_chain(self.folder / f"{own}.pem", self.folder / f"{own}.key")
        return made

    def settings(self, trusted="pacs"):
        files = {"ca_file": f"{trusted}.pem", "cert_file": "us.pem", "key_file": "us.key"}
        return {name: str(self.folder / file) for name, file in files.items()}


def test_tls_both_ways(site, hospital):
    secured = Secured(site.path.parent)
    with peer(deepcopy(hospital[:1]), ssl_context=secured.listening) as server:
        site.state("dimse", stated(server.port, tls=secured.settings()))
        assert site.command("query").exit_code == 0
        site.state("dimse", stated(server.port, tls=secured.settings("us"), retries=0))
        refused = site.command("query", "--force")
        assert "cannot be reached" in refused.stderr
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("shown", ["pacs", "stranger"])
def test_a_move_is_encrypted_both_ways(site, hospital, shown):
    secured, port = Secured(site.path.parent), free_port()
    with peer(deepcopy(hospital[:IMAGES]), ssl_context=secured.listening) as server:
        sending = secured.context(ssl.Purpose.SERVER_AUTH, shown, "us")
        server.destination = ("127.0.0.1", port, {"tls_args": (sending, "127.0.0.1")})
        more = {"retrieve": "move", "store_port": port, "store_host": "127.0.0.1", "tls": secured.settings()}
        params = site.state("dimse", stated(server.port, **more, retries=0))
        assert site.command("query").exit_code == 0
        if shown == "stranger":
            with pytest.raises(StudyError, match=r"status A801.*tls"):
                dimse.main(site.arguments(params))
            return
        dimse.main(site.arguments(params))
        assert reasons(read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)) == {"": IMAGES}


def test_one_association_serves_an_exam_after_the_other(server, study):
    assert reasons(study()) == {"": ALL}
    assert len(server.served) == 1


def test_no_more_associations_than_stated(server, study):
    assert reasons(study(parallel=3)) == {"": ALL}
    assert len(server.served) <= 3


@pytest.mark.pacs
@pytest.mark.parametrize("way", ["get", "move"])
def test_a_second_kind_of_peer(site, hospital, way, tmp_path_factory):
    folder = tmp_path_factory.mktemp("qrscp")
    port, store_port = free_port(), free_port()
    (folder / "settings.ini").write_text(
        f"[DEFAULT]\nae_title: QRSCP\nport: {port}\nmax_pdu: 0\nacse_timeout: 30\ndimse_timeout: 30\n"
        f"network_timeout: 30\nbind_address: 127.0.0.1\ninstance_location: {folder / 'store'}\n"
        f"database_location: {folder / 'index.sqlite'}\n"
        f"[{OUR_AE_TITLE}]\naddress: 127.0.0.1\nport: {store_port}\n"
    )
    command = [sys.executable, "-m", "pynetdicom", "qrscp", "-c", str(folder / "settings.ini")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _load(port, hospital[: 2 * IMAGES])
        more = {"called_ae_title": "QRSCP", "retrieve": way, "store_port": store_port, "store_host": "127.0.0.1"}
        params = site.state("dimse", stated(port, **more))
        drafted = site.command("query")
        assert drafted.exit_code == 0, drafted.output
        dimse.main(site.arguments(params))
        manifest = read_table(site.path / "data/export/0/manifest.parquet", schemas.MANIFEST)
        assert reasons(manifest) == {"": 2 * IMAGES}
    finally:
        process.terminate()
        process.wait(30)


def _load(port, datasets):
    ae = AE(OUR_AE_TITLE)
    for dataset in datasets:
        ae.add_requested_context(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID)
    limit = time.monotonic() + 60
    while not listens(port):
        assert time.monotonic() < limit
        time.sleep(0.1)
    association = ae.associate("127.0.0.1", port)
    for dataset in datasets:
        assert association.send_c_store(dataset).Status == 0
    association.release()
