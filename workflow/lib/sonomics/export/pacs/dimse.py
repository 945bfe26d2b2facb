"""Ask and receive from a PACS by DIMSE (C-FIND with C-GET or C-MOVE)."""

import logging
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from io import BytesIO
from threading import Lock
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import evt

from sonomics.export.pacs.association import (
    FIND,
    GET,
    MOVE,
    PROMPT,
    STORED,
    SYNTAXES,
    VERIFICATION,
    Associations,
    tls_context,
)
from sonomics.export.pacs.original_store import SEND_AGAIN
from sonomics.export.pacs.protocol import Criteria, Fault, Instance, Keep, Order, PacsError, Study, meets

logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it writes what it asks and receives
SUCCESS = 0x0000
UNKNOWN_DESTINATION = 0xA801
NO_RESOURCES, NOT_OURS = 0xA700, 0xA900


class Dimse:
    """A PACS that speaks DIMSE (PS3.7), asked in the Study Root model (PS3.4 C).

    Parameters
    ----------
    settings : mapping
        `export.dimse` of params.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._address = (settings["host"], int(settings["port"]))
        self._timeout = float(settings.get("timeout_s", 60))
        self._moves = settings["retrieve"] == "move"
        self._associations = Associations(settings, self._store)
        self._keeps: dict[str, Keep] = {}
        self._troubles: dict[str, Exception] = {}
        self._server: Any = None
        self._lock = Lock()

    def close(self) -> None:
        """End all associations, and stop listening."""
        self._associations.close()
        if self._server is not None:
            self._server.shutdown()

    def check(self) -> None:
        """Knock at the port, then send a C-ECHO."""
        host, port = self._address
        try:
            socket.create_connection(self._address, self._timeout).close()
        except OSError:
            mend = "check host and port in params.yaml and that the server runs, then run again"
            raise PacsError(Fault.DOWN, f"there is no connection to {host}:{port}", mend) from None
        with self._associations.for_echo() as association:
            self._finish([(association.send_c_echo(), None)], "C-ECHO")

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        found: dict[str, Study] = {}
        for accession, patient in criteria.questions():
            asked = {
                "StudyInstanceUID": "",
                "StudyDate": criteria.dates,
                "StudyTime": "",
                "ModalitiesInStudy": criteria.modality,
                "AccessionNumber": accession,
                "PatientID": patient,
                "StudyDescription": "",
            }
            for answer in self._ask("STUDY", asked):
                study = _study(answer)
                if meets(study, criteria):
                    found[study.uid] = study
        return list(found.values())

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""
        listed = []
        wanted = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": "", "Modality": "", "SeriesNumber": ""}
        for series in self._ask("SERIES", wanted):
            if _text(series, "Modality") not in ("", modality):
                continue
            series_uid = _text(series, "SeriesInstanceUID")
            place = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid}
            for answer in self._ask("IMAGE", {**place, "SOPInstanceUID": "", "InstanceNumber": ""}):
                numbers = (_number(series, "SeriesNumber"), _number(answer, "InstanceNumber"))
                listed.append(Instance(*numbers, _text(answer, "SOPInstanceUID"), series_uid))
        return [instance for instance in listed if instance.uid and instance.series_uid]

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Receive the instances of an order, in the transfer syntax they are stored in."""
        wanted = _identifier(
            "IMAGE" if order.instances else "SERIES",
            {"StudyInstanceUID": study_uid, "SeriesInstanceUID": order.series_uid},
        )
        if order.instances:
            wanted.SOPInstanceUID = list(order.instances)
        self._keeps[study_uid] = keep
        try:
            (self._move if self._moves else self._get)(wanted)
        except PacsError:
            if study_uid not in self._troubles:
                raise
        finally:
            del self._keeps[study_uid]
        if trouble := self._troubles.pop(study_uid, None):
            raise trouble

    def _get(self, wanted: Dataset) -> None:
        with self._associations.in_use() as association:
            self._finish(association.send_c_get(wanted, GET), "C-GET")

    def _move(self, wanted: Dataset) -> None:
        self._listen()
        with self._associations.in_use() as association:
            self._finish(association.send_c_move(wanted, self._settings["ae_title"], MOVE), "C-MOVE")

    def _ask(self, level: str, asked: Mapping[str, str]) -> list[Dataset]:
        with self._associations.in_use() as association:
            return self._finish(association.send_c_find(_identifier(level, asked), FIND), "C-FIND")

    def _finish(self, answers: Iterable[tuple[Dataset, Dataset | None]], what: str) -> list[Dataset]:
        """Take all answers to a request; the last says whether it was met."""
        found, status, since, waited = [], None, time.monotonic(), 0.0
        for answer, identifier in answers:
            status = answer.get("Status")
            found += [] if identifier is None else [identifier]
            waited, since = time.monotonic() - since, time.monotonic()
        if status is None and waited >= self._timeout:
            raise PacsError(Fault.DOWN, f"it gives no answer to {what} in time", "run again, or raise timeout_s")
        if status is None:
            raise PacsError(Fault.WRONG, f"it cut the connection during {what}", SEND_AGAIN)
        if status == UNKNOWN_DESTINATION:
            mend = "have the PACS know our AE title, host and store_port, check tls of both sides, or set retrieve: get"
            raise PacsError(Fault.DENIED, "it does not know where to move to (status A801)", mend)
        if status != SUCCESS:
            raise PacsError(Fault.WRONG, f"{what} ends with status {status:04X}", SEND_AGAIN)
        return found

    def _listen(self) -> None:
        with self._lock:
            if self._server is None:
                self._server = self._storage_service()

    def _storage_service(self) -> Any:
        ae = self._associations.entity()
        ae.require_called_aet, ae.require_calling_aet = True, [self._settings["called_ae_title"]]
        for sop in STORED:
            ae.add_supported_context(sop, SYNTAXES)
        ae.add_supported_context(VERIFICATION)
        context = tls_context(self._settings["tls"], ssl.Purpose.CLIENT_AUTH) if "tls" in self._settings else None
        address = (self._settings.get("store_host", ""), int(self._settings["store_port"]))
        handlers: list[Any] = [(evt.EVT_C_STORE, self._store), *PROMPT]
        try:
            return ae.start_server(address, block=False, ssl_context=context, evt_handlers=handlers)
        except OSError:
            rule = f"our port {address[1]} for C-MOVE is in use"
            raise PacsError(Fault.DENIED, rule, "end what uses it, or choose another store_port") from None

    def _store(self, event: evt.Event) -> int:
        try:
            content = event.encoded_dataset()
            header = dcmread(BytesIO(content), stop_before_pixels=True, specific_tags=["StudyInstanceUID"])
            study_uid = str(header.StudyInstanceUID)
            keep = self._keeps[study_uid]
        except Exception:  # rubbish can make the parser raise anything
            return NOT_OURS
        try:
            keep(content)
        except (PacsError, OSError) as error:  # handed to the thread that asked; here it would end in a log
            self._troubles[study_uid] = error
            return NO_RESOURCES
        return SUCCESS


def _identifier(level: str, asked: Mapping[str, str]) -> Dataset:
    identifier = Dataset()
    identifier.SpecificCharacterSet = "ISO_IR 192"
    identifier.QueryRetrieveLevel = level
    for name, value in asked.items():
        setattr(identifier, name, value)
    return identifier


def _study(answer: Dataset) -> Study:
    modalities = answer.get("ModalitiesInStudy") or ()
    return Study(
        uid=_text(answer, "StudyInstanceUID"),
        patient_id=_text(answer, "PatientID"),
        date=_text(answer, "StudyDate"),
        time=_text(answer, "StudyTime"),
        accession=_text(answer, "AccessionNumber"),
        description=_text(answer, "StudyDescription"),
        modalities=(modalities,) if isinstance(modalities, str) else tuple(map(str, modalities)),
    )


def _text(answer: Dataset, name: str) -> str:
    return str(answer.get(name, "") or "").strip()


def _number(answer: Dataset, name: str) -> int:
    value = _text(answer, name)
    return int(value) if value.lstrip("-").isdigit() else 0
