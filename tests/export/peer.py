"""A DIMSE peer in a few lines that can be told to misbehave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage
from pynetdicom import AE, build_context, evt

from sonomics.export.pacs.association import FIND, GET, MOVE, VERIFICATION

AE_TITLE = "PEER"
KEYS = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}


@dataclass
class Peer:
    """What the peer holds and what it sent; it aborts after so many instances (and may fall), or ends with a status.

    `served` are the associations on which instances were asked for.
    A `stray` instance, of another study, comes before those that were asked for.
    """

    datasets: list[Dataset]
    port: int = 0
    sent: list[str] = field(default_factory=list)
    aborts: list[int] = field(default_factory=list)
    falls: bool = False
    stray: Dataset | None = None
    destination: tuple[Any, ...] = ()
    served: list[Any] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    server: Any = None

    def rise(self) -> None:
        """Listen, on the port of before if there was one."""
        ae = AE(AE_TITLE)
        ae.require_called_aet = True
        for uid in (VERIFICATION, FIND, GET, MOVE):
            ae.add_supported_context(uid)
        ae.add_supported_context(UltrasoundImageStorage, scu_role=True, scp_role=True)
        handlers = [(evt.EVT_C_FIND, self.find), (evt.EVT_C_GET, self.get), (evt.EVT_C_MOVE, self.move)]
        self.falls = False
        self.server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers, **self.settings)
        self.port = self.server.server_address[1]

    def fall(self) -> None:
        """Listen no longer."""
        self.server.shutdown()

    def matching(self, asked: Dataset) -> list[Dataset]:
        found = []
        for dataset in self.datasets:
            wanted = {key: asked.get(key) for key in KEYS.values() if asked.get(key)}
            lists = {key: [value] if isinstance(value, str) else list(value) for key, value in wanted.items()}
            if all(dataset[key].value in values for key, values in lists.items()):
                found.append(dataset)
        return found

    def find(self, event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        key = KEYS[event.identifier.QueryRetrieveLevel]
        for dataset in {dataset[key].value: dataset for dataset in self.matching(event.identifier)}.values():
            answer = Dataset()
            for name in event.identifier.dir():
                setattr(answer, name, dataset.get(name, ""))
            answer.QueryRetrieveLevel = event.identifier.QueryRetrieveLevel
            answer.ModalitiesInStudy = "US"
            yield 0xFF00, answer

    def get(self, event: evt.Event) -> Iterator[Any]:
        if event.assoc not in self.served:
            self.served.append(event.assoc)
        found = ([self.stray] if self.stray else []) + self.matching(event.identifier)
        yield len(found)
        if self.statuses:
            yield self.statuses.pop(0), None
            return
        left = self.aborts.pop(0) if self.aborts else len(found)
        for dataset in found:
            if left == 0:
                if self.falls:
                    Thread(target=self.fall).start()
                event.assoc.abort()
                return
            left -= 1
            self.sent.append(str(dataset.SOPInstanceUID))
            yield 0xFF00, dataset

    def move(self, event: evt.Event) -> Iterator[Any]:
        """Send to `destination`: address, port, and more for the association (`tls_args`)."""
        address, port, *more = self.destination
        contexts = [build_context(UltrasoundImageStorage, ExplicitVRLittleEndian)]
        yield address, port, {"contexts": contexts, **(more[0] if more else {})}
        yield from self.get(event)


@contextmanager
def peer(datasets: list[Dataset], **settings: Any) -> Iterator[Peer]:
    """Run the peer until the block ends."""
    for dataset in datasets:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    state = Peer(datasets, settings=settings)
    state.rise()
    try:
        yield state
    finally:
        state.fall()
