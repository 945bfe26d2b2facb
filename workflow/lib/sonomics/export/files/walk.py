"""List the files below a folder and in its archives, and what cannot be opened, with the reason."""

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sonomics.core.errors import name_error
from sonomics.core.settings.export import Limits
from sonomics.export.files.archive import Archived, Root
from sonomics.imaging.dicom_file import MB, SMALL, SourceFile

NO_PERMISSION = "no permission"
DANGLING = "a link that leads nowhere"
LINKED_INSIDE = "a link to a folder that is read in its own place"
NOT_A_FILE = "not a file (a pipe, a socket or a device)"
TOO_DEEP = "a folder deeper than export.limits.depth"
TOO_LARGE = "larger than export.limits.object_mb"
TOO_MANY = "a ZIP file of more files than export.limits.members"
TOO_PACKED = "it grows more than export.limits.ratio times when it is inflated"
DAMAGED_ARCHIVE = "a damaged ZIP file"
ENCRYPTED = "encrypted"
NAMED_AS_FOLDER = "a file in a ZIP file that has the name of a folder"
NAMED_TWICE = "a file in a ZIP file of the same name as another"
# Bytes at the end of a ZIP file within which its directory is announced (APPNOTE 4.3.16), and of an entry at least.
END, ENTRY = 22 + 2**16, 46


class Found(NamedTuple):
    """Something below the root of a source.

    Attributes
    ----------
    name : str
        Its path, which may be an identity.
    file : path, member of an archive or None
        None for what cannot be opened.
    reason : str
        Why not; "" for a file.
    """

    name: str
    file: SourceFile | None
    reason: str = ""


def list_files(root: Root, limits: Limits) -> Iterator[Found]:
    """List the files below a folder and in its archives, sorted by their path.

    Links to files, and to folders outside the root, are followed. Nothing below a folder that cannot be read is lost
    without a word: the folder is listed.

    Parameters
    ----------
    root : Path or Archived
        A folder, or the inside of a ZIP file.
    limits : Limits
        `export.limits` of params.
    """
    if isinstance(root, Archived):
        yield from _list_members(root.archive, limits)
        return
    inside, seen = root.resolve(), {_identify(root)}
    waiting = [_list_folder(root)]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif found.reason:
            yield found
        else:
            path = Path(found.name)
            yield from _look_at(path, inside, seen, waiting, limits)


def _look_at(
    path: Path, inside: Path, seen: set[tuple[int, int]], waiting: list[Iterator[Found]], limits: Limits
) -> Iterator[Found]:
    """Yield a file or the members of an archive; put a folder on the stack of those that wait."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            if path.is_symlink() and path.resolve().is_relative_to(inside):
                yield Found(str(path), None, LINKED_INSIDE)
            elif len(waiting) > limits.depth:
                yield Found(str(path), None, TOO_DEEP)
            elif (identity := _identify(path)) not in seen:
                seen.add(identity)
                waiting.append(_list_folder(path))
            else:
                yield Found(str(path), None, LINKED_INSIDE)
        elif not stat.S_ISREG(kind):
            yield Found(str(path), None, NOT_A_FILE)
        elif zipfile.is_zipfile(path):
            yield from _list_archive(path, limits)
        else:
            yield Found(str(path), path)
    except OSError as error:
        yield Found(str(path), None, DANGLING if path.is_symlink() else _explain(error))


def _list_folder(folder: Path) -> Iterator[Found]:
    """Name what is in a folder; the folder itself, with the reason, when it cannot be read."""
    try:
        entries = sorted(os.listdir(folder))  # noqa: PTH208 (names alone: a path for each costs more memory)
    except OSError as error:
        yield Found(str(folder), None, _explain(error))
        return
    for entry in entries:
        yield Found(str(folder / entry), None)


def _list_archive(path: Path, limits: Limits) -> Iterator[Found]:
    if _measure_directory(path) > ENTRY * limits.members:
        yield Found(str(path), None, TOO_MANY)
        return
    try:
        archive = zipfile.ZipFile(path)
    except OSError:
        raise
    except Exception:  # a damaged archive can make the parser raise anything
        yield Found(str(path), None, DAMAGED_ARCHIVE)
        return
    yield from _list_members(archive, limits)


def _list_members(archive: zipfile.ZipFile, limits: Limits) -> Iterator[Found]:
    """List the files of an archive under the names that it gives them; nothing is ever unpacked under these."""
    members = sorted(archive.infolist(), key=lambda member: member.filename.split("/"))
    if len(members) > limits.members:
        yield Found(str(archive.filename), None, TOO_MANY)
        return
    seen = set()
    for member in members:
        name = f"{archive.filename}/{member.filename}"
        if member.is_dir() and not member.file_size:
            continue
        reason = NAMED_TWICE if member.filename in seen else _refuse(member, limits)
        seen.add(member.filename)
        yield Found(name, None if reason else Archived(archive, member.filename, member), reason)


def _refuse(member: zipfile.ZipInfo, limits: Limits) -> str:
    """Say why a member of an archive is not opened; "" if it is."""
    if member.is_dir() or not member.filename:
        return NAMED_AS_FOLDER
    if member.flag_bits & 1:
        return ENCRYPTED
    if member.file_size > limits.object_mb * MB:
        return TOO_LARGE
    if member.file_size > max(SMALL, limits.ratio * member.compress_size):
        return TOO_PACKED
    return ""


def _measure_directory(path: Path) -> int:
    """Read the size of the directory of a ZIP file in bytes, before it is read as a whole."""
    with path.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - END))
        tail = opened.read()
    stated = int.from_bytes(tail[(place := tail.rfind(b"PK\5\6")) + 12 : place + 16], "little")
    return size if stated == 2**32 - 1 else min(stated, size)  # the size of ZIP64 stands elsewhere


def _identify(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _explain(error: OSError) -> str:
    return NO_PERMISSION if isinstance(error, PermissionError) else f"it cannot be opened ({name_error(error)})"
