"""What every association is given: no delays, no silence without end, and a measure of what it receives."""

import socket
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from pynetdicom import evt
from pynetdicom.association import Association

from sonomics.export.pacs.limits import Allowance, find_deadline
from sonomics.export.pacs.original_store import SEND_AGAIN
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.kinds.sources.dimse import Dimse as DimseSettings

AT_ONCE = getattr(socket, "TCP_QUICKACK", None)  # Linux
_METERS: WeakKeyDictionary[Association, "Meter"] = WeakKeyDictionary()


class Meter:
    """Counts what an association receives, and breaks it off when it is too much.

    Parameters
    ----------
    settings : Dimse
        `object_mb`: the largest object; `listing_mb`: all answers to a C-FIND together.

    Attributes
    ----------
    error : PacsError or None
        Why the association was broken off.
    """

    def __init__(self, settings: DimseSettings) -> None:
        self.error: PacsError | None = None
        self._settings, self._is_list = settings, False
        self.begin_message()

    def begin_list(self) -> None:
        """Count all messages together from now on, as answers to a C-FIND."""
        self._is_list, self._allowance = True, Allowance(self._settings.listing_mb, "listing_mb")

    def begin_objects(self) -> None:
        """Count every message by itself from now on, as each may be an object."""
        self._is_list = False
        self.begin_message()

    def begin_message(self) -> None:
        """Count the next message, by itself unless it belongs to a list."""
        if not self._is_list:
            self._allowance = Allowance(self._settings.object_mb, "object_mb")

    def take(self, count: int) -> None:
        """Count bytes before they are received.

        Raises
        ------
        OSError
            When they are too many: pynetdicom ends the association.
        """
        try:
            self._allowance.take(count)
        except PacsError as error:
            self.error = error
            raise OSError from None


def meter_of(association: Association) -> Meter:
    """Return the meter of an association made with `make_handlers`."""
    return _METERS[association]


def line_of(association: Association) -> socket.socket:
    """Return the connection of an association.

    Raises
    ------
    PacsError
        WRONG when it is closed.
    """
    wrapped = association.dul.socket
    if wrapped is None or wrapped.socket is None:
        raise PacsError(Fault.WRONG, "it cut the connection", SEND_AGAIN)
    return wrapped.socket


def make_handlers(settings: DimseSettings) -> list[Any]:
    """Make the handlers of an association, which ends at the deadline of the answer that this thread waits for."""
    deadline = find_deadline()

    def measure(event: evt.Event) -> None:
        meter = _METERS[event.assoc] = Meter(settings)
        wrapped: Any = event.assoc.dul.socket
        wrapped.socket.settimeout(settings.timeout_s)
        if deadline is not None:
            deadline.watch(wrapped.socket)
        receive = wrapped.recv

        def receive_measured(count: int) -> Any:
            meter.take(count)
            return receive(count)

        wrapped.recv = receive_measured

    def renew(event: evt.Event) -> None:
        _METERS[event.assoc].begin_message()

    return [
        (evt.EVT_CONN_OPEN, measure),
        (evt.EVT_DIMSE_RECV, renew),
        (evt.EVT_CONN_OPEN, _send_at_once),
        (evt.EVT_PDU_RECV, _send_at_once),
    ]


def _send_at_once(event: evt.Event) -> None:
    """Acknowledge and send at once: a peer that waits for our acknowledgement loses 40 ms per instance."""
    opened = event.assoc.dul.socket
    if opened is None or (connection := opened.socket) is None:
        return
    with suppress(OSError):  # it may just have been closed
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if AT_ONCE is not None:
            connection.setsockopt(socket.IPPROTO_TCP, AT_ONCE, 1)  # the kernel resets it again and again
