"""Files and folders that hold identities: readable by their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from sonomics.core.errors import StudyError

OTHERS, PRIVATE = 0o077, 0o700  # permissions of group and others, and of a folder for its owner alone


@dataclass
class _Mask:
    """Who uses the private mask, and the mask of before."""

    users: int = 0
    before: int = 0
    lock: Any = field(default_factory=Lock)


_MASK = _Mask()


@contextmanager
def keep_private() -> Iterator[None]:
    """Make the files and folders that are written in the block readable by their owner alone.

    The mask is one of the process, so that threads share it: it is set by the first that enters and reset by the last.
    """
    with _MASK.lock:
        if _MASK.users == 0:
            _MASK.before = os.umask(OTHERS)
        _MASK.users += 1
    try:
        yield
    finally:
        with _MASK.lock:
            _MASK.users -= 1
            if _MASK.users == 0:
                os.umask(_MASK.before)


def make_private_folder(path: Path) -> Path:
    """Make a folder that its owner alone can enter, or take it from others if it is there.

    Raises
    ------
    StudyError
        When the folder belongs to somebody else, or its file system knows no permissions.
    """
    path = Path(path)
    with keep_private():
        path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_mode & OTHERS:
        try:
            path.chmod(PRIVATE)
        except OSError:
            rule = "others can read this folder, which holds identities, and its permissions cannot be changed"
            fix = "have its owner run `chmod 700`, or use a drive with permissions"
            raise StudyError(str(path), rule, fix) from None
    return path
