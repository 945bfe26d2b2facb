"""Files in a ZIP file, read in place. `zipfile.Path` loops for ever over a member called `//x` (CVE-2024-8088)."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Any


class Archived:
    """A file, or a place without one, in a ZIP file.

    Parameters
    ----------
    archive : ZipFile
    path : str
        "" for the ZIP file itself.
    member : ZipInfo or None
        None where there is no file.
    """

    def __init__(self, archive: zipfile.ZipFile, path: str = "", member: zipfile.ZipInfo | None = None) -> None:
        self.archive, self.path, self.member = archive, path, member

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name

    @property
    def stamp(self) -> str:
        """What changes with the file: size and checksum."""
        return f"{self.member.file_size} {self.member.CRC:08x}" if self.member else ""

    def open(self, mode: Any = "rb") -> IO[bytes]:
        """Open the file to be read.

        Raises
        ------
        FileNotFoundError
        """
        if self.member is None:
            raise FileNotFoundError(2, "No such file or directory")
        return self.archive.open(self.member)

    def is_file(self) -> bool:
        """Tell whether there is a file."""
        return self.member is not None

    def read_bytes(self) -> bytes:
        """Read the file. Errors as `open`."""
        with self.open() as opened:
            return opened.read()

    def __truediv__(self, path: str) -> "Archived":
        """Go to a file by its path in the archive."""
        joined = str(PurePosixPath(self.path, path))
        return Archived(self.archive, joined, self.archive.NameToInfo.get(joined))

    def __str__(self) -> str:
        """Return the path of the archive and the path in it."""
        return f"{self.archive.filename}/{self.path}"


Root = Path | Archived  # of a source


def open_archive(path: Path) -> Archived | None:
    """Open a ZIP file, to be used like a folder; None when the file is not a ZIP file, or damaged."""
    try:
        return Archived(zipfile.ZipFile(path)) if zipfile.is_zipfile(path) else None
    except Exception:  # a damaged archive can make the parser raise anything
        return None
