"""Our storage service for C-MOVE: it listens on the stated address, and takes from the stated machines alone."""

import errno
import logging
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from socketserver import BaseServer
from threading import Thread
from typing import Any, cast
from weakref import WeakKeyDictionary

from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.transport import ThreadedAssociationServer

from sonomics.export.pacs.association import STORED, SYNTAXES, VERIFICATION, make_tls_context
from sonomics.export.pacs.limits import Deadline
from sonomics.export.pacs.meter import line_of, make_handlers
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.kinds.sources.dimse import Dimse as DimseSettings

log = logging.getLogger(__name__)
NOT_AUTHORISED = 0x0124
POLL_S = 0.1
_DEADLINES: WeakKeyDictionary[Association, Deadline] = WeakKeyDictionary()


class Receiver:
    """A storage service that runs until it is closed.

    Parameters
    ----------
    settings : Dimse
        `export.dimse` of params: `store_host` and `store_port` to listen on; `senders` who may send.
    entity : AE
        Our application entity.
    store : callable
        Handles a C-STORE.

    Raises
    ------
    PacsError
        UNFIT when the address cannot be listened on, or a sender's name is unknown.
    """

    def __init__(self, settings: DimseSettings, entity: AE, store: Callable[[evt.Event], int]) -> None:
        self._settings, self._keep = settings, store
        senders = settings.senders or {settings.called_ae_title: settings.host}
        self._senders = {title: _resolve(host) for title, host in senders.items()}
        entity.require_called_aet, entity.require_calling_aet = True, list(senders)
        for sop in STORED:
            entity.add_supported_context(sop, SYNTAXES)
        entity.add_supported_context(VERIFICATION)
        self._server = self._listen(entity)
        self._server.known = frozenset[str]().union(*self._senders.values())
        Thread(target=self._server.serve_forever, args=(POLL_S,), daemon=True).start()

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()

    def _listen(self, entity: AE) -> "_Server":
        tls = self._settings.tls
        context = None if tls is None else make_tls_context(tls, ssl.Purpose.CLIENT_AUTH)
        address = (str(self._settings.store_host), cast(int, self._settings.store_port))
        handlers: list[Any] = [
            (evt.EVT_C_STORE, self._store),
            *make_handlers(self._settings),
            (evt.EVT_CONN_OPEN, _begin, [self._settings.deadline_s]),
            (evt.EVT_CONN_CLOSE, _end),
        ]
        try:
            return cast(
                _Server,
                entity.make_server(address, ssl_context=context, evt_handlers=handlers, server_class=_Server),
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                rule = f"our port {address[1]} for C-MOVE is in use"
                raise PacsError(Fault.UNFIT, rule, "end what uses it, or choose another store_port") from None
            rule = f"our storage service cannot listen on {address[0]}:{address[1]}"
            fix = "state an address of this machine as store_host, and a port above 1023 as store_port"
            raise PacsError(Fault.UNFIT, rule, fix) from None

    def _store(self, event: evt.Event) -> int:
        sender = event.assoc.requestor
        if _plain(sender.address) not in self._senders.get(sender.ae_title, ()):
            return NOT_AUTHORISED
        return self._keep(event)


class _Server(ThreadedAssociationServer):
    """A server that hangs up on machines that are not stated, before anything else."""

    known: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._strangers: set[str] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, if it is from a machine that may send.

        Raises
        ------
        OSError
            When it is not; the server goes on.
        """
        opened, address = cast(socket.socket, self.socket).accept()
        host = _plain(address[0])
        if host not in self.known:
            opened.close()
            if host not in self._strangers:
                self._strangers.add(host)
                log.warning("our storage service hung up on %s, which `senders` of params.yaml does not state", host)
            raise OSError
        opened.settimeout(self.ae.network_timeout)
        if self.ssl_context:
            opened = self.ssl_context.wrap_socket(opened, server_side=True)
        return opened, address

    def shutdown(self) -> None:
        """Listen no longer."""
        BaseServer.shutdown(self)
        self.server_close()


def _begin(event: evt.Event, seconds: float) -> None:
    deadline = _DEADLINES[event.assoc] = Deadline(seconds)
    deadline.start()
    deadline.watch(line_of(event.assoc))


def _end(event: evt.Event) -> None:
    _DEADLINES[event.assoc].stop()


def _resolve(host: str) -> frozenset[str]:
    try:
        return frozenset(_plain(str(entry[4][0])) for entry in socket.getaddrinfo(host, None))
    except OSError:
        rule = "the name of a machine that may send to our storage service is unknown"
        raise PacsError(Fault.UNFIT, rule, "correct host or senders in params.yaml, or state addresses") from None


def _plain(address: str) -> str:
    """Write an address in one form: IPv4 within IPv6 as IPv4, and no zone."""
    parsed = ip_address(address.partition("%")[0])
    return str(parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else str(parsed)
