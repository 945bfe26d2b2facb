"""A DICOMweb server in a few lines that can be told to misbehave."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ssl import SSLContext
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from pydicom.dataset import Dataset

BOUNDARY = "part"
LEVELS = {"studies": "StudyInstanceUID", "series": "SeriesInstanceUID", "instances": "SOPInstanceUID"}


@dataclass
class Web:
    """What the server holds, what it was asked for, and how it misbehaves: a function of the path, or None.

    It pages by so many rows at a time; with None it ignores the offset and sends all, as some do. It may list a study
    once for each of its series, send a Warning header, and ignore the offset of queries that hold some text.
    """

    datasets: list[Dataset]
    url: str = ""
    fetched: list[str] = field(default_factory=list)
    fault: Callable[[str], bytes | int | None] = lambda path: None
    page: int | None = 2
    by_series: bool = False
    warning: str = ""
    deaf_to: str = ""

    def content(self, dataset: Dataset) -> bytes:
        content = BytesIO()
        dataset.save_as(content, enforce_file_format=True)
        return content.getvalue()

    def under(self, parts: list[str]) -> list[Dataset]:
        named = dict(zip(parts[::2], parts[1::2], strict=False))
        return [
            dataset
            for dataset in self.datasets
            if all(str(dataset[LEVELS[level]].value) == uid for level, uid in named.items())
        ]

    def search(self, parts: list[str]) -> list[dict[str, Any]]:
        key = LEVELS[parts[-1]]
        found = {str(dataset[key].value): dataset for dataset in self.under(parts[:-1])}
        if self.by_series and parts == ["studies"]:
            found = {str(dataset.SeriesInstanceUID): dataset for dataset in self.datasets}
        answers = []
        for dataset in found.values():
            short = Dataset()
            for element in dataset:
                if element.VR not in ("SQ", "OB", "OW"):
                    short.add(element)
            short.ModalitiesInStudy = dataset.Modality
            answers.append(short.to_json_dict())
        return answers

    def multipart(self, parts: list[str]) -> bytes:
        self.fetched += [str(dataset.SOPInstanceUID) for dataset in self.under(parts)]
        return wrapped(self.content(dataset) for dataset in self.under(parts))


def wrapped(contents: Iterator[bytes]) -> bytes:
    head = f"\r\n--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return b"".join(head + content for content in contents) + f"\r\n--{BOUNDARY}--".encode()


@contextmanager
def web(datasets: list[Dataset], context: SSLContext | None = None) -> Iterator[Web]:
    """Run the server until the block ends, encrypted with `context`."""
    state = Web(datasets)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            offset = int(parse_qs(query).get("offset", ["0"])[0])
            parts = path.strip("/").split("/")
            answer: bytes | int | None = state.fault(path)
            kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
            if answer is None and len(parts) % 2:
                rows = state.search(parts)
                is_deaf = state.page is None or (state.deaf_to and state.deaf_to in query)
                kept = rows if is_deaf else rows[offset : offset + state.page]
                kind, answer = "application/dicom+json", json.dumps(kept).encode()
            elif answer is None:
                answer = state.multipart(parts)
            if isinstance(answer, int):
                self.send_error(answer, f"no {path}")
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if state.warning and kind.endswith("json"):
                self.send_header("Warning", state.warning)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    state.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
