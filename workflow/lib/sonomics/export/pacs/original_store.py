"""The store of received originals: whole files only, one folder per study, with names that tell nothing."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from threading import Lock

from pydicom import dcmread

from sonomics.core.files import read_json, replacing, write_json
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.pacs.protocol import Fault, Instance, PacsError

RECEIVED = Path("work", "received")
MARKER = "complete.json"
SEND_AGAIN = "look into the log of the PACS, then run again: what has been received is not fetched twice"


class OriginalStore:
    """The originals of one study. They hold identities and never leave `work/`.

    Parameters
    ----------
    root : Path
        `work/received` of the study directory.
    study_uid : str
        The UID in the hospital's PACS.
    pseudonyms : Pseudonyms
        Names the folder and its files.

    Attributes
    ----------
    files, size : int
        Instances and bytes kept since this object was made.
    """

    def __init__(self, root: Path, study_uid: str, pseudonyms: Pseudonyms) -> None:
        self.folder = root / pseudonyms.secret(study_uid)
        self.files = self.size = 0
        self._study_uid, self._pseudonyms = study_uid, pseudonyms
        self._lock = Lock()

    def path(self, sop_uid: str) -> Path:
        """Name the file of an instance."""
        return self.folder / f"{self._pseudonyms.secret(sop_uid)[:32]}.dcm"

    def keep(self, content: bytes) -> None:
        """Store an instance, once, if it is whole and of this study. May be called from several threads.

        Raises
        ------
        PacsError
            WRONG when it is not DICOM, or of another study.
        OSError
            When the disk is full.
        """
        path = self.path(_read_sop_uid(content, self._study_uid))
        with self._lock:
            if path.exists():
                return
            with replacing(path) as temporary:
                temporary.write_bytes(content)
            self.files += 1
            self.size += len(content)

    def missing(self, listed: Sequence[Instance]) -> list[Instance]:
        """List the instances that are not stored yet."""
        return [instance for instance in listed if not self.path(instance.uid).exists()]

    def complete(self, listed: Sequence[Instance]) -> None:
        """Record that all instances of the study are stored."""
        write_json(self.folder / MARKER, [list(vars(instance).values()) for instance in listed])

    def listing(self) -> list[Instance] | None:
        """List the instances of a complete study; None while it is not."""
        marker = self.folder / MARKER
        listed = [Instance(*values) for values in read_json(marker)] if marker.exists() else None
        return listed if listed and not self.missing(listed) else None


def _read_sop_uid(content: bytes, study_uid: str) -> str:
    try:
        header = dcmread(BytesIO(content), stop_before_pixels=True)
        sop_uid, study = str(header.SOPInstanceUID), str(header.StudyInstanceUID)
    except Exception as error:  # a damaged file can make the parser raise anything
        raise PacsError(
            Fault.WRONG, f"it sent something that is not DICOM ({type(error).__name__})", SEND_AGAIN
        ) from None
    if study != study_uid:
        raise PacsError(Fault.WRONG, "it sent an object of another study", SEND_AGAIN)
    return sop_uid
