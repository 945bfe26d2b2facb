"""Bounds of what a server may send: bytes and time of one answer."""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Lock, Timer, local
from types import TracebackType
from typing import Self

from sonomics.export.pacs.protocol import Fault, PacsError

MEGABYTE = 10**6
_OPEN = local()


class Deadline:
    """Cuts the connections of an answer when its time is up, whatever the server still sends.

    A timeout of a socket begins anew with every byte, so that a server which sends one now and then never ends. Used
    as a context: whatever fails in it after its time is reported as an answer that took too long.

    Parameters
    ----------
    seconds : float
        Time for the whole answer.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._seconds, self._lines, self._lock = seconds, list[socket.socket](), Lock()
        self._timer = Timer(seconds, self._cut_all)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Let the time begin, for the connections that this thread uses."""
        self._before = getattr(_OPEN, "deadline", None)
        _OPEN.deadline = self
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End the wait; an answer that came too late is an error, whatever it looks like."""
        self.stop()
        _OPEN.deadline = self._before
        if error is None or isinstance(error, Exception):
            self.require_time()

    def start(self) -> None:
        """Let the time begin."""
        self._timer.start()

    def stop(self) -> None:
        """Let the connections be."""
        self._timer.cancel()
        with self._lock:
            while self._lines:
                self._lines.pop().close()

    def watch(self, line: socket.socket) -> None:
        """Cut a connection when the time is up, or at once when it is."""
        # A handle of our own: a connection may be closed for its client while its last answer is still read.
        own = socket.socket(fileno=os.dup(line.fileno()))
        with self._lock:
            self._lines.append(own)
            if self.is_over:
                _cut(own)

    def require_time(self) -> None:
        """Refuse an answer whose time is up: what has come of it may be cut short.

        Raises
        ------
        PacsError
            EXCESS.
        """
        if self.is_over:
            fix = "look into the log of the PACS; raise deadline_s if the connection is slow"
            raise PacsError(Fault.EXCESS, f"its answer is not whole after {self._seconds:g} s", fix) from None

    def _cut_all(self) -> None:
        with self._lock:
            self.is_over = True
            for line in self._lines:
                _cut(line)


def watch_line(line: socket.socket) -> None:
    """Cut a connection at the deadline of the answer that this thread waits for, if there is one."""
    if (deadline := find_deadline()) is not None:
        deadline.watch(line)


def find_deadline() -> Deadline | None:
    """Find the deadline of the answer that this thread waits for, if there is one."""
    deadline: Deadline | None = getattr(_OPEN, "deadline", None)
    return deadline


class Allowance:
    """Counts the bytes of an answer.

    Parameters
    ----------
    megabytes : float
        Size (MB) that the answer may have.
    key : str
        The key of params that states it.
    """

    def __init__(self, megabytes: float, key: str) -> None:
        self._taken, self._megabytes, self._key = 0, megabytes, key

    def take(self, count: int) -> None:
        """Count bytes.

        Raises
        ------
        PacsError
            EXCESS when there are more than the answer may have.
        """
        self._taken += count
        require_size(self._taken, self._megabytes, self._key)

    def pass_on(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield pieces as long as they are within the allowance. Errors as `take`."""
        for piece in pieces:
            self.take(len(piece))
            yield piece


def require_size(count: int, megabytes: float, key: str) -> None:
    """Refuse more bytes than allowed.

    Parameters
    ----------
    count : int
        Bytes.
    megabytes : float
        MB that are allowed.
    key : str
        The key of params that states it.

    Raises
    ------
    PacsError
        EXCESS.
    """
    if count > megabytes * MEGABYTE:
        fix = f"look into the log of the PACS; raise {key} if so much is right"
        raise PacsError(Fault.EXCESS, f"it sends more than {megabytes:g} MB", fix)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it may have been closed
        line.shutdown(socket.SHUT_RDWR)
