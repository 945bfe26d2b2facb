"""A chunk of DICOM exams as it leaves: files without identities, the manifest, and what was changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.files import replacing
from sonomics.core.tables import empty_table, write_table
from sonomics.export.deidentify.changes_table import changes_row, changes_table
from sonomics.export.deidentify.dataset import Identity, deidentify
from sonomics.export.deidentify.profile import Profile
from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key
from sonomics.export.deidentify.release import Row, release, set_aside


class Chunk:
    """A chunk that is being written.

    Parameters
    ----------
    folder, out : Path
        Where it is being written, and where it will be.
    profile : Profile
        What of a DICOM object may stay.
    """

    def __init__(self, folder: Path, out: Path, profile: Profile) -> None:
        self.rows: list[Row] = []
        self.changes: list[Row] = []
        self.folder, self.out, self._profile = folder, out, profile

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """The study's pseudonyms; pictures alone need none, and no key."""
        return Pseudonyms(read_key())

    def release(self, source: Traversable, who: Identity, patient: str, centre: str) -> None:
        """Let a DICOM instance leave without identities."""
        safe = partial(deidentify, who=who, pseudonyms=self.pseudonyms, profile=self._profile)
        row, changes = release(source, _named(who, patient, centre), safe, self.folder, self.out)
        self.rows.append(row)
        if changes is not None:
            self.changes.append(changes_row(row, changes))

    def set_aside(self, who: Identity, patient: str, centre: str, reason: str) -> None:
        """List an instance that stays behind."""
        self.rows.append(set_aside(_named(who, patient, centre), reason))


@contextmanager
def writing_chunk(out: Path, export: Mapping[str, Any]) -> Iterator[Chunk]:
    """Write a chunk, whole or not at all; `export` is that section of params."""
    with replacing(out) as folder:
        folder.mkdir()
        chunk = Chunk(folder, out, Profile.of(export))
        yield chunk
        manifest = pd.DataFrame(chunk.rows) if chunk.rows else empty_table(schemas.MANIFEST)
        write_table(manifest, folder / "manifest.parquet", schemas.MANIFEST)
        write_table(changes_table(chunk.changes), folder / "changes.parquet", schemas.CHANGES)


def _named(who: Identity, patient: str, centre: str) -> Row:
    return {
        "patient": patient, "case": who.case, "exam": who.exam, "instance": who.instance, "stem": who.stem,
        "centre": centre,
    }  # fmt: skip
