"""Our storage service for C-MOVE: where it listens, and from whom it takes."""

import socket
import struct
import time
from contextlib import suppress

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage
from pynetdicom import AE
from pynetdicom.dsutils import encode

from sonomics.export.pacs.protocol import PacsError
from sonomics.export.pacs.receiver import Receiver
from sonomics.kinds.sources.dimse import Dimse as DimseSettings
from tests.export.orthanc import free_port

TITLE = "PACS"
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def stated(**more):
    return DimseSettings.partial(
        {
            "host": "127.0.0.1", "port": 1, "ae_title": "SONOMICS", "called_ae_title": TITLE, "retrieve": "move",
            "store_host": "127.0.0.1", "store_port": free_port(), "timeout_s": 5, **more,
        }
    )  # fmt: skip


@pytest.fixture
def receive():
    """Start a receiver and send an object to it; tells whether it was kept, rejected, or there was no answer."""
    opened = []

    def send(dataset, title=TITLE, address="127.0.0.1", **more):
        taken, settings = [], stated(**more)
        receiver = Receiver(settings, AE("SONOMICS"), lambda event: taken.append(event) or 0)
        opened.append(receiver)
        ae = AE(title)
        ae.acse_timeout = ae.network_timeout = ae.connection_timeout = 5
        ae.add_requested_context(UltrasoundImageStorage, ExplicitVRLittleEndian)
        association = ae.associate("127.0.0.1", settings.store_port, ae_title="SONOMICS", bind_address=(address, 0))
        if not association.is_established:
            return "rejected" if association.is_rejected else "no answer"
        status = association.send_c_store(dataset).get("Status")
        association.release()
        assert len(taken) == (status == 0)
        return "kept" if status == 0 else "refused"

    yield send
    for receiver in opened:
        receiver.close()


@pytest.fixture
def one(hospital):
    hospital[0].file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return hospital[0]


def test_the_pacs_may_send_and_nobody_else(receive, one, caplog):
    assert receive(one) == "kept"
    assert receive(one, title="SOMEONE") == "rejected"
    assert receive(one, address="127.0.0.2") == "no answer"
    assert "hung up on 127.0.0.2, which `senders`" in caplog.text


def test_further_machines_may_send_if_they_are_stated_under_their_titles(receive, one):
    senders = {"ARCHIVE": "127.0.0.2", TITLE: "localhost"}
    assert receive(one, title="ARCHIVE", address="127.0.0.2", senders=senders) == "kept"
    assert receive(one, senders=senders) == "kept"
    assert receive(one, title="ARCHIVE", senders=senders) == "refused"


def test_it_listens_on_the_stated_address_alone():
    settings = stated()
    receiver = Receiver(settings, AE("SONOMICS"), lambda event: 0)
    try:
        socket.create_connection(("127.0.0.1", settings.store_port), 5).close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", settings.store_port), 5)
    finally:
        receiver.close()


def test_an_address_of_another_machine_stops_with_what_to_do():
    with pytest.raises(PacsError, match=r"cannot listen on 192\.0\.2\.1.*store_host"):
        Receiver(stated(store_host="192.0.2.1"), AE("SONOMICS"), lambda event: 0)
    with pytest.raises(PacsError, match=r"name of a machine.*unknown"):
        Receiver(stated(senders={TITLE: "no.such.host.invalid"}), AE("SONOMICS"), lambda event: 0)


def test_a_move_without_an_address_of_ours_stops_the_study(site):
    section = {key: value for key, value in stated().plain().items() if key not in ("store_host", "query")}
    site.state("dimse", {**section, "cohort": {"centre": "north", "split": {"train": "2018-01-01"}}})
    refused = site.command("query")
    assert refused.exit_code == 2
    assert "store_host" in refused.stderr


def begin_to_store(title, port):
    """Begin a C-STORE; return the line, the parts of its data that never end, and a way to end the association."""
    ae = AE(title)
    ae.add_requested_context(UltrasoundImageStorage, ExplicitVRLittleEndian)
    association = ae.associate("127.0.0.1", port, ae_title="SONOMICS")
    assert association.is_established
    number = association.accepted_contexts[0].context_id
    command = Dataset()
    command.AffectedSOPClassUID, command.AffectedSOPInstanceUID = UltrasoundImageStorage, "1.2.3"
    command.CommandField, command.MessageID, command.Priority, command.CommandDataSetType = 1, 1, 2, 1
    encoded = encode(command, is_implicit_vr=True, is_little_endian=True)
    group = b"\0\0\0\0\4\0\0\0" + struct.pack("<I", len(encoded))

    def part(kind, content):
        item = struct.pack(">IBB", len(content) + 2, number, kind) + content
        return b"\x04\x00" + struct.pack(">I", len(item)) + item

    line = association.dul.socket.socket
    line.sendall(part(3, group + encoded))
    return line, part(0, b"\0" * 8000), association


@pytest.mark.parametrize(("pause_s", "least_s", "most_s"), [(0.0, 0, 8), (0.2, 1, 10)])
def test_a_store_that_never_ends_is_cut(pause_s, least_s, most_s):
    taken, settings = [], stated(deadline_s=2, object_mb=0.3)
    receiver = Receiver(settings, AE("SONOMICS"), lambda event: taken.append(event) or 0)
    line, part, association = begin_to_store(TITLE, settings.store_port)
    start, sent = time.monotonic(), 0
    try:
        with suppress(OSError):  # reset, broken pipe or closed, as it comes
            while time.monotonic() - start < 30:
                line.sendall(part)
                sent += len(part)
                time.sleep(pause_s)
        assert least_s < time.monotonic() - start < most_s
        assert not taken
        assert sent < 20e6  # what the buffers of the system take
    finally:
        association.abort()
        association.join(5)
        line.close()
        receiver.close()
