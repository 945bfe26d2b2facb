"""Check whose an object is that a PACS sends, before it is kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock

from pydicom import Dataset, dcmread

from sonomics.export.deidentify.dataset import silence_pydicom
from sonomics.export.pacs.original_store import SEND_AGAIN, OriginalStore
from sonomics.export.pacs.protocol import Fault, Instance, PacsError

# Reasons of the manifest: an instance that was asked for, and what came under its UID.
OTHER_PATIENT, NOT_AS_LISTED, OVER_LIMIT = "other_patient", "not_as_listed", "over_limit"
NOT_ASKED, CHANGED = "not asked for", "sent again with other content; the first was kept"
WORDS = {
    OTHER_PATIENT: "of another patient (or without an identifier)",
    NOT_AS_LISTED: "of another study or series than listed",
    OVER_LIMIT: "larger or slower than allowed",
}
TAGS = ("PatientID", "IssuerOfPatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


@dataclass(frozen=True)
class Whose:
    """Whose objects are asked for; all values are the hospital's.

    Attributes
    ----------
    patient_ids : frozenset of str
        The identifier of the exam's patient, and those that were merged with it.
    issuer : str
        The issuer of the identifier; "" when the PACS stated none.
    study_uid : str
    """

    patient_ids: frozenset[str]
    issuer: str
    study_uid: str

    def find_mismatch(self, header: Dataset, series_uid: str) -> str:
        """Find why an object is not the one that was listed: a reason of the manifest, "" when it is."""
        patient_id, issuer, study, series, _ = (_read_text(header, tag) for tag in TAGS)
        if patient_id not in self.patient_ids or (issuer and self.issuer and issuer != self.issuer):
            return OTHER_PATIENT
        return "" if (study, series) == (self.study_uid, series_uid) else NOT_AS_LISTED


class Intake:
    """Takes in the objects of one exam. May be used by several threads.

    Parameters
    ----------
    store : OriginalStore
    whose : Whose

    Attributes
    ----------
    refused : Counter
        Objects that were not kept, by why.
    """

    def __init__(self, store: OriginalStore, whose: Whose) -> None:
        self.store, self.whose = store, whose
        self.refused: Counter[str] = Counter()
        self._series: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._lock = Lock()

    def expect(self, listed: Sequence[Instance]) -> None:
        """Say which instances are asked for; nothing else is kept."""
        self._series = {instance.uid: instance.series_uid for instance in listed}

    def keep(self, content: bytes) -> bool:
        """Store an object if it is whole, and one that was asked for.

        Returns
        -------
        bool
            False when it was refused, which is counted.

        Raises
        ------
        PacsError
            WRONG when it is not DICOM.
        OSError
            When the disk is full.
        """
        try:
            with silence_pydicom():
                header = dcmread(BytesIO(content), stop_before_pixels=True)
                uid = _read_text(header, "SOPInstanceUID")
                reason = self._find_fault(header, uid)
        except Exception as error:  # a damaged file can make the parser raise anything
            rule = f"it sent something that is not DICOM ({type(error).__name__})"
            raise PacsError(Fault.WRONG, rule, SEND_AGAIN) from None
        if not reason and not self.store.keep(uid, content):
            reason = CHANGED
        if reason:
            with self._lock:
                self.refused[WORDS.get(reason, reason)] += 1
        return not reason

    def give_up(self, uid: str, reason: str) -> None:
        """Record why an instance will not come."""
        self._reasons[uid] = reason

    def reason_of(self, instance: Instance) -> str:
        """Return why an instance that was asked for is not kept; "" when nothing is known."""
        return self._reasons.get(instance.uid, "")

    def find_fault_of_stored(self, instance: Instance) -> str:
        """Look at an instance that is stored, perhaps by an earlier version: a reason of the manifest, or ""."""
        return find_fault_of_file(self.store.path(instance.uid), self.whose, instance.series_uid)

    def _find_fault(self, header: Dataset, uid: str) -> str:
        if uid not in self._series:
            return NOT_ASKED
        reason = self.whose.find_mismatch(header, self._series[uid])
        if reason:
            self.give_up(uid, reason)
        return reason


def find_fault_of_file(path: Path, whose: Whose, series_uid: str) -> str:
    """Find why a stored file is not the one that was listed: a reason of the manifest, or "" (also if unreadable)."""
    try:
        with silence_pydicom():
            header = dcmread(path, stop_before_pixels=True, specific_tags=list(TAGS))
            return whose.find_mismatch(header, series_uid)
    except Exception:  # the export tells what cannot be read
        return ""


def _read_text(header: Dataset, tag: str) -> str:
    return str(header.get(tag, "") or "").strip()
