"""What files hold, by their hash: content decides what is stale, not a date that copying or unzipping can set back."""

import json
import os
import time
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path

from sonomics.core.errors import StudyError
from sonomics.core.files import write_json
from sonomics.core.private import keep_private

# A file that changed this recently may change again within one tick of its file system's clock.
SETTLED_S = 2.0

Stamp = list[int]


class Contents:
    """Hashes of files, kept between runs, so that a run with nothing to do reads no file again.

    A hash is kept with the size, dates and number (inode) of its file. The date of the last change of status (ctime)
    cannot be set by a program: copying with dates, unzipping and renaming all move it.

    Parameters
    ----------
    cache : Path
        JSON file that keeps the hashes; it may be missing or damaged, which costs time only.
    """

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.kept = _read_cache(cache)
        self.known: dict[str, str] = {}
        self.is_changed = False

    def digest(self, file: Path | str) -> str:
        """Return the SHA-256 of a file in hexadecimal; "" when it cannot be read."""
        name = str(file)
        if name not in self.known:
            self.known[name] = self._look_up(name)
        return self.known[name]

    def fingerprint(self, files: Iterable[Path | str]) -> str:
        """Name the content of several files, names included, by one hash."""
        lines = "".join(f"{self.digest(file)} {file}\n" for file in files)
        return sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def save(self) -> None:
        """Keep the hashes of the files that were looked at, if one of them is new."""
        if self.is_changed:
            try:
                with keep_private():  # names of files may be identities
                    write_json(self.cache, {name: self.kept[name] for name in self.known if name in self.kept})
            except OSError:
                return  # a study that cannot be written is hashed again next time
            self.is_changed = False

    def _look_up(self, name: str) -> str:
        try:
            stamp = _stamp(Path(name).stat())
            kept = self.kept.get(name)
            if kept is not None and kept[1] == stamp:
                return kept[0]
            with Path(name).open("rb") as stream:
                digest = file_digest(stream, "sha256").hexdigest()
        except OSError:
            return ""
        if time.time_ns() - max(stamp[1:3]) > SETTLED_S * 1e9:
            self.kept[name] = (digest, stamp)
            self.is_changed = True
        return digest


def check_declared(declared: Iterable[tuple[str, str, str]], contents: Contents) -> None:
    """Stop a study before any work where a file is not the one that its parameters declare.

    Parameters
    ----------
    declared : iterable of (str, str, str)
        Key of params.yaml, path of the file, and its SHA-256. A file that is not there is told by the job that reads
        it.
    contents : Contents

    Raises
    ------
    StudyError
    """
    for key, file, digest in declared:
        if Path(file).exists() and (found := contents.digest(file)) != digest:
            rule = f"{file} has another content than sha256 states ({found})"
            raise StudyError(f"params.yaml, {key}", rule, "write this sum there if the new content is meant")


def _stamp(status: os.stat_result) -> Stamp:
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _read_cache(cache: Path) -> dict[str, tuple[str, Stamp]]:
    try:
        return {
            str(name): (str(digest), list(stamp)) for name, (digest, stamp) in json.loads(cache.read_text()).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
