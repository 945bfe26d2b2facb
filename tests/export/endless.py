"""Answers of servers that send without end, too much, or too slowly."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

from sonomics.export.pacs.protocol import Order

LIMITS = {"deadline_s": 2.0, "listing_mb": 0.3, "object_mb": 0.3, "timeout_s": 5}
PATIENCE_S = 10.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\n"
PARTS = b'HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type="application/dicom"; boundary=x\r\n\r\n'
ORDER = Order("1.3", ("1.4", "1.5"), is_whole=True)


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
    yield HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(content) + content


def endless_redirects(request):
    yield (
        b"HTTP/1.1 302 Found\r\nLocation: /studies?offset=%d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        % time.monotonic_ns()
    )


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
