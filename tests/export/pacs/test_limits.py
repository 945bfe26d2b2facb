"""Servers that send without end, too much, or too slowly, by HTTP and by DIMSE."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest

from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.dimse import Dimse
from sonomics.export.pacs.limits import Deadline
from sonomics.export.pacs.protocol import Criteria, Fault, Order, PacsError
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings
from sonomics.kinds.sources.dimse import Dimse as DimseSettings
from tests.export.peer import AE_TITLE, Peer, peer

LIMITS = {"deadline_s": 0.6, "listing_mb": 0.3, "object_mb": 0.3, "timeout_s": 5}
PATIENCE_S = 10.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\n"
PARTS = b'HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type="application/dicom"; boundary=x\r\n\r\n'
ORDER = Order("1.3", ("1.4", "1.5"), is_whole=True)
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@contextmanager
def serving(answer: Callable[[bytes], Iterator[bytes]]) -> Iterator[int]:
    """Run a server that sends what `answer` yields to a request, until the peer hangs up."""
    ended = Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                for piece in answer(self.request.recv(65536)):
                    if ended.is_set():
                        return
                    self.request.sendall(piece)

    class Server(ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1]
        ended.set()
        server.shutdown()
        thread.join()


def drip(content: bytes) -> Iterator[bytes]:
    for byte in itertools.cycle(content):
        yield bytes([byte])
        time.sleep(0.02)


def endless_headers(_):
    yield HEAD
    yield from drip(b"X")


def endless_slow_body(_):
    yield HEAD + b"\r\n["
    yield from drip(b" ")


def endless_slow_chunks(_):
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    yield from drip(b"1\r\n \r\n")


def endless_body(_):
    yield HEAD + b"\r\n["
    yield from itertools.repeat(b" " * 65536)


def a_body_announced_larger(_):
    yield HEAD + b"Content-Length: 99999999999\r\n\r\n["
    yield from itertools.repeat(b" " * 65536)


def endless_pages(request):
    offset = int(request.partition(b"offset=")[2].split(b" ")[0].split(b"&")[0])
    row = {"0020000D": {"vr": "UI", "Value": [f"1.2.{offset}"]}, "00081030": {"vr": "LO", "Value": ["x" * 40_000]}}
    content = json.dumps([row]).encode()
    yield HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content


def endless_redirects(request):
    yield b"HTTP/1.1 302 Found\r\nLocation: /studies?offset=%d\r\nContent-Length: 0\r\n\r\n" % time.monotonic_ns()


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (endless_headers, "not whole after"),
        (endless_slow_body, "not whole after"),
        (endless_slow_chunks, "not whole after"),
        (endless_body, "more than 0.3 MB"),
        (a_body_announced_larger, "more than 0.3 MB"),
        (endless_pages, "more than 0.3 MB"),
        (endless_redirects, "again and again"),
    ],
)
def test_a_list_without_end_is_given_up(answer, rule):
    with serving(answer) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule) as raised:
            pacs.find_studies(Criteria())
        assert time.monotonic() - start < PATIENCE_S
        assert raised.value.fault.is_lasting
        pacs.close()


def test_pages_that_come_too_slowly_together_are_given_up():
    def slowly(request):
        time.sleep(0.2)
        yield from endless_pages(request)

    with serving(slowly) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        with pytest.raises(PacsError, match="not whole after"):
            pacs.find_studies(Criteria())
        pacs.close()


def test_a_list_nested_without_end_is_not_one():
    with serving(lambda _: iter([HEAD + b"\r\n" + b"[" * 200_000])) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        with pytest.raises(PacsError, match="not DICOMweb"):
            pacs.find_studies(Criteria())
        pacs.close()


def one_endless_part(_):
    yield PARTS + b"--x\r\n\r\n"
    yield from itertools.repeat(b" " * 65536)


def an_endless_preamble(_):
    yield PARTS
    yield from itertools.repeat(b" " * 65536)


def endless_parts(_):
    yield PARTS
    yield from itertools.repeat(b"\r\n--x\r\n\r\nsomething" * 4000)


def a_slow_part(_):
    yield PARTS + b"--x\r\n\r\n"
    yield from drip(b" ")


def one_endless_object(_):
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\n\r\n"
    yield from itertools.repeat(b" " * 65536)


def a_slow_object(_):
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\n\r\n"
    yield from drip(b" ")


@pytest.mark.parametrize(
    ("answer", "rule", "most"),
    [
        (one_endless_part, "more than 0.3 MB", 0),
        (an_endless_preamble, "more than 0.3 MB", 0),
        (endless_parts, "more objects than it listed", 2),
        (a_slow_part, "not whole after", 0),
        (one_endless_object, "more than 0.3 MB", 0),
        (a_slow_object, "not whole after", 0),
    ],
)
def test_objects_without_end_are_given_up(answer, rule, most):
    kept = []
    with serving(answer) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule):
            pacs.fetch("1.2", ORDER, lambda content: kept.append(content) or True)
        assert time.monotonic() - start < PATIENCE_S
        assert len(kept) == most
        pacs.close()


def dimse(port: int) -> Dimse:
    stated = {
        "host": "127.0.0.1", "port": port, "ae_title": "SONOMICS", "called_ae_title": AE_TITLE, "retrieve": "get",
        **LIMITS,
    }  # fmt: skip
    return Dimse(DimseSettings.partial(stated))


def test_a_find_without_end_is_given_up(hospital, monkeypatch):
    once = Peer.find

    def forever(state, event):
        answers = list(once(state, event))
        yield from itertools.cycle(answers)

    monkeypatch.setattr(Peer, "find", forever)
    with peer(hospital[:3]) as server:
        pacs = dimse(server.port)
        with pytest.raises(PacsError, match=r"more than 0\.3 MB|not whole after") as raised:
            pacs.find_studies(Criteria())
        assert raised.value.fault is Fault.EXCESS
        pacs.close()


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (lambda _: itertools.chain([b"\x02\x00\x00\x00\x40\x00"], drip(b"\x00")), "not whole after"),
        (lambda _: itertools.chain([b"\x02\x00\xff\xff\xff\xf0"], itertools.repeat(b"\0" * 65536)), "no association"),
    ],
)
def test_a_message_that_never_ends_is_given_up(answer, rule):
    with serving(answer) as port:
        pacs = dimse(port)
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule):
            pacs._ask("STUDY", {"StudyInstanceUID": ""})
        assert time.monotonic() - start < PATIENCE_S
        pacs.close()


def test_a_deadline_reports_what_failed_after_it_and_nothing_else():
    with pytest.raises(ZeroDivisionError), Deadline(5):
        raise ZeroDivisionError
    with pytest.raises(PacsError, match=r"not whole after 0\.01 s"), Deadline(0.01):
        time.sleep(0.1)
