"""Ask and receive from a PACS by DIMSE (C-FIND with C-GET or C-MOVE)."""

import logging
import socket
import time
from collections.abc import Iterable, Mapping
from io import BytesIO
from threading import Lock

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import evt

from sonomics.export.pacs.association import FIND, GET, MOVE, Associations
from sonomics.export.pacs.limits import Deadline
from sonomics.export.pacs.meter import Meter, meter_of
from sonomics.export.pacs.original_store import SEND_AGAIN
from sonomics.export.pacs.protocol import (
    Criteria,
    Fault,
    Instance,
    Keep,
    Order,
    PacsError,
    Study,
    meets_criteria,
    parse_number,
)
from sonomics.export.pacs.receiver import Receiver
from sonomics.kinds.sources.dimse import Dimse as DimseSettings

logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it writes what it asks and receives
SUCCESS = 0x0000
UNKNOWN_DESTINATION = 0xA801
NO_RESOURCES, NOT_OURS = 0xA700, 0xA900


class Dimse:
    """A PACS that speaks DIMSE (PS3.7), asked in the Study Root model (PS3.4 C).

    Parameters
    ----------
    settings : Dimse
        `export.dimse` of params.
    """

    def __init__(self, settings: DimseSettings) -> None:
        self._settings = settings
        self._address = (settings.host, settings.port)
        self._timeout = float(settings.timeout_s)
        self._moves = settings.retrieve == "move"
        self._associations = Associations(settings, self._store)
        self._keeps: dict[str, Keep] = {}
        self._errors: dict[str, Exception] = {}
        self._receiver: Receiver | None = None
        self._lock = Lock()

    def close(self) -> None:
        """End all associations, and stop listening."""
        self._associations.close()
        if self._receiver is not None:
            self._receiver.close()

    def check(self) -> None:
        """Open and close the port, then send a C-ECHO."""
        host, port = self._address
        try:
            socket.create_connection(self._address, self._timeout).close()
        except OSError:
            fix = "check host and port in params.yaml and that the server runs, then run again"
            raise PacsError(Fault.DOWN, f"there is no connection to {host}:{port}", fix) from None
        with self._wait(), self._associations.open_for_echo() as association:
            self._finish([(association.send_c_echo(), None)], "C-ECHO", meter_of(association))

    def find_studies(self, criteria: Criteria) -> list[Study]:
        """List the studies that meet the criteria."""
        studies: dict[str, Study] = {}
        for accession, patient in criteria.queries():
            query = {
                "StudyInstanceUID": "",
                "StudyDate": criteria.dates,
                "StudyTime": "",
                "ModalitiesInStudy": criteria.modality,
                "AccessionNumber": accession,
                "PatientID": patient,
                "IssuerOfPatientID": "",
                "StudyDescription": "",
            }
            for answer in self._ask("STUDY", query):
                study = _read_study(answer)
                if meets_criteria(study, criteria):
                    studies[study.uid] = study
        return list(studies.values())

    def list_instances(self, study_uid: str, modality: str) -> list[Instance]:
        """List the instances of a study in the series of a modality."""
        listed = []
        query = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": "", "Modality": "", "SeriesNumber": ""}
        for series in self._ask("SERIES", query):
            if _read_text(series, "Modality") not in ("", modality):
                continue
            series_uid = _read_text(series, "SeriesInstanceUID")
            parents = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid}
            for answer in self._ask("IMAGE", {**parents, "SOPInstanceUID": "", "InstanceNumber": ""}):
                numbers = (_read_number(series, "SeriesNumber"), _read_number(answer, "InstanceNumber"))
                listed.append(Instance(*numbers, _read_text(answer, "SOPInstanceUID"), series_uid))
        return [instance for instance in listed if instance.uid and instance.series_uid]

    def fetch(self, study_uid: str, order: Order, keep: Keep) -> None:
        """Receive the instances of an order, in the transfer syntax they are stored in."""
        identifier = _make_identifier(
            "SERIES" if order.is_whole else "IMAGE",
            {"StudyInstanceUID": study_uid, "SeriesInstanceUID": order.series_uid},
        )
        if not order.is_whole:
            identifier.SOPInstanceUID = list(order.instances)
        self._keeps[study_uid] = keep
        try:
            (self._move if self._moves else self._get)(identifier)
        except PacsError:
            if study_uid not in self._errors:
                raise
        finally:
            del self._keeps[study_uid]
        if error := self._errors.pop(study_uid, None):
            raise error

    def _get(self, identifier: Dataset) -> None:
        with self._wait(), self._associations.lend() as association:
            meter_of(association).begin_objects()
            self._finish(association.send_c_get(identifier, GET), "C-GET", meter_of(association))

    def _move(self, identifier: Dataset) -> None:
        self._listen()
        with self._wait(), self._associations.lend() as association:
            meter_of(association).begin_objects()
            answers = association.send_c_move(identifier, self._settings.ae_title, MOVE)
            self._finish(answers, "C-MOVE", meter_of(association))

    def _ask(self, level: str, query: Mapping[str, str]) -> list[Dataset]:
        with self._wait(), self._associations.lend() as association:
            meter_of(association).begin_list()
            answers = association.send_c_find(_make_identifier(level, query), FIND)
            return self._finish(answers, "C-FIND", meter_of(association))

    def _wait(self) -> Deadline:
        """Wait for the answers to one request, until their deadline."""
        return Deadline(self._settings.deadline_s)

    def _finish(self, answers: Iterable[tuple[Dataset, Dataset | None]], what: str, meter: Meter) -> list[Dataset]:
        """Collect all answers to a request; the last says whether it succeeded."""
        identifiers, status, since, waited = [], None, time.monotonic(), 0.0
        for answer, identifier in answers:
            status = answer.get("Status")
            identifiers += [] if identifier is None else [identifier]
            waited, since = time.monotonic() - since, time.monotonic()
        if meter.error is not None:
            raise meter.error
        if status is None and waited >= self._timeout:
            raise PacsError(Fault.DOWN, f"it does not answer {what} in time", "run again, or raise timeout_s")
        if status is None:
            raise PacsError(Fault.WRONG, f"it cut the connection during {what}", SEND_AGAIN)
        if status == UNKNOWN_DESTINATION:
            fix = "have the PACS know our AE title, host and store_port, check tls of both sides, or set retrieve: get"
            raise PacsError(Fault.DENIED, "it does not know where to move to (status A801)", fix)
        if status != SUCCESS:
            raise PacsError(Fault.WRONG, f"{what} ends with status {status:04X}", SEND_AGAIN)
        return identifiers

    def _listen(self) -> None:
        with self._lock:
            if self._receiver is None:
                self._receiver = Receiver(self._settings, self._associations.make_entity(), self._store)

    def _store(self, event: evt.Event) -> int:
        try:
            content = event.encoded_dataset()
            header = dcmread(BytesIO(content), stop_before_pixels=True, specific_tags=["StudyInstanceUID"])
            study_uid = str(header.StudyInstanceUID)
            keep = self._keeps[study_uid]
        except Exception:  # a damaged object can make the parser raise anything
            return NOT_OURS
        try:
            return SUCCESS if keep(content) else NOT_OURS
        except (PacsError, OSError) as error:  # raised in the thread that asked; here it would end in a log
            self._errors[study_uid] = error
            return NO_RESOURCES


def _make_identifier(level: str, query: Mapping[str, str]) -> Dataset:
    identifier = Dataset()
    identifier.SpecificCharacterSet = "ISO_IR 192"
    identifier.QueryRetrieveLevel = level
    for name, value in query.items():
        setattr(identifier, name, value)
    return identifier


def _read_study(answer: Dataset) -> Study:
    modalities = answer.get("ModalitiesInStudy") or ()
    return Study(
        uid=_read_text(answer, "StudyInstanceUID"),
        patient_id=_read_text(answer, "PatientID"),
        date=_read_text(answer, "StudyDate"),
        time=_read_text(answer, "StudyTime"),
        accession=_read_text(answer, "AccessionNumber"),
        description=_read_text(answer, "StudyDescription"),
        modalities=(modalities,) if isinstance(modalities, str) else tuple(map(str, modalities)),
        issuer=_read_text(answer, "IssuerOfPatientID"),
    )


def _read_text(answer: Dataset, name: str) -> str:
    return str(answer.get(name, "") or "").strip()


def _read_number(answer: Dataset, name: str) -> int:
    return parse_number(_read_text(answer, name))
