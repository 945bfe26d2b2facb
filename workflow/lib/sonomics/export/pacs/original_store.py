"""The store of received originals: whole files only, one folder per study, with names that tell nothing."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from sonomics.core.files import read_json, replacing, write_json
from sonomics.core.private import keep_private
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.pacs.protocol import Instance

RECEIVED = Path("work", "received")
MARKER = "complete.json"
SEND_AGAIN = "look into the log of the PACS, then run again: what has been received is not fetched twice"


class OriginalStore:
    """The originals of one study. They hold identities, never leave `work/`, and are readable by their owner alone.

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
        self._pseudonyms = pseudonyms
        self._lock = Lock()

    def path(self, sop_uid: str) -> Path:
        """Name the file of an instance."""
        return self.folder / f"{self._pseudonyms.secret(sop_uid)[:32]}.dcm"

    def keep(self, sop_uid: str, content: bytes) -> bool:
        """Store an instance once: what is there is never replaced. May be called from several threads.

        Returns
        -------
        bool
            False when another content is stored under the UID already.

        Raises
        ------
        OSError
            When the disk is full.
        """
        path = self.path(sop_uid)
        with self._lock:
            if path.exists():
                return path.stat().st_size == len(content) and path.read_bytes() == content
            with keep_private(), replacing(path) as temporary:
                temporary.write_bytes(content)
            self.files += 1
            self.size += len(content)
            return True

    def missing(self, listed: Sequence[Instance]) -> list[Instance]:
        """List the instances that are not stored yet."""
        return [instance for instance in listed if not self.path(instance.uid).exists()]

    def complete(self, listed: Sequence[Instance]) -> None:
        """Record that all instances of the study are stored."""
        with keep_private():
            write_json(self.folder / MARKER, [list(vars(instance).values()) for instance in listed])

    def listing(self) -> list[Instance] | None:
        """List the instances of a complete study; None while it is not."""
        marker = self.folder / MARKER
        listed = [Instance(*values) for values in read_json(marker)] if marker.exists() else None
        return listed if listed and not self.missing(listed) else None
