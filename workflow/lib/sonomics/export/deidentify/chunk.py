"""Write a chunk of exported exams: files without identities, the manifest, and what was changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO

import pandas as pd
from pydicom import Dataset

from sonomics.core import schemas
from sonomics.core.files import replacing
from sonomics.core.settings.export import Export, Limits
from sonomics.core.tables import empty_table, write_table
from sonomics.export.deidentify.changes_table import make_changes_row, make_changes_table
from sonomics.export.deidentify.dataset import Changes, Identity, deidentify
from sonomics.export.deidentify.profile import Profile
from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key
from sonomics.export.deidentify.release import Row, make_set_aside_row, release_instance
from sonomics.imaging.burned_in_text.finders import FINDERS, TextFinder
from sonomics.imaging.dicom_file import Original, SourceFile


class Chunk:
    """A chunk that is being written.

    Parameters
    ----------
    folder, out : Path
        Where it is being written, and where it will be.
    profile : Profile
        Which elements of a DICOM object may stay.
    limits : Limits
        The largest files that are opened.
    find_text : callable
        Finds burned-in text on a picture.
    """

    def __init__(self, folder: Path, out: Path, profile: Profile, limits: Limits, find_text: TextFinder) -> None:
        self.rows: list[Row] = []
        self.changes: list[Row] = []
        self.folder, self.out, self.find_text = folder, out, find_text
        self._profile, self._limits = profile, limits

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """The study's pseudonyms; pictures need none, and no key."""
        return Pseudonyms(read_key())

    def release(self, source: SourceFile, identity: Identity, patient: str, centre: str) -> None:
        """Write a DICOM instance without identities, or list it with the reason why it is not exported."""
        named = _identity_columns(identity, patient, centre)
        pseudonyms, profile, object_mb = self.pseudonyms, self._profile, self._limits.object_mb

        def make_safe(original: Original, pixels: IO[bytes]) -> tuple[Dataset, Changes]:
            return deidentify(original, identity, pseudonyms, profile, self.find_text, object_mb, pixels)

        row, changes = release_instance(source, named, make_safe, self._limits, self.folder, self.out)
        self.rows.append(row)
        if changes is not None:
            self.changes.append(make_changes_row(row, changes))

    def set_aside(self, identity: Identity, patient: str, centre: str, reason: str) -> None:
        """List an instance that is not exported."""
        self.rows.append(make_set_aside_row(_identity_columns(identity, patient, centre), reason))


@contextmanager
def write_chunk(out: Path, settings: Export) -> Iterator[Chunk]:
    """Write a chunk, whole or not at all.

    Parameters
    ----------
    out : Path
        Folder of the chunk.
    settings : Export
        Of which `deidentify` and `limits` are read.
    """
    with replacing(out) as folder:
        folder.mkdir()
        find_text = FINDERS[settings.deidentify.text_detector]
        chunk = Chunk(folder, out, Profile.of(settings.deidentify), settings.limits, find_text)
        yield chunk
        manifest = pd.DataFrame(chunk.rows) if chunk.rows else empty_table(schemas.MANIFEST)
        write_table(manifest, folder / "manifest.parquet", schemas.MANIFEST)
        write_table(make_changes_table(chunk.changes), folder / "changes.parquet", schemas.CHANGES)


def _identity_columns(identity: Identity, patient: str, centre: str) -> Row:
    return {
        "patient": patient, "case": identity.case, "exam": identity.exam, "instance": identity.instance,
        "stem": identity.stem, "centre": centre,
    }  # fmt: skip
