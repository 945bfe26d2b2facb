"""Associations with a PACS: who we are, what we may ask and receive, encryption, no delays."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from pydicom.uid import (
    UID,
    AllTransferSyntaxes,
    EnhancedUSVolumeStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)
from pynetdicom import AE, build_context, build_role, evt
from pynetdicom.association import Association

from sonomics.core.errors import StudyError
from sonomics.export.pacs.limits import watch_line
from sonomics.export.pacs.meter import line_of, make_handlers
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.kinds.sources.dimse import Dimse as DimseSettings
from sonomics.kinds.sources.dimse import Tls

VERIFICATION = UID("1.2.840.10008.1.1")
# Study Root Query/Retrieve Information Model
FIND, MOVE, GET = (UID(f"1.2.840.10008.5.1.4.1.2.2.{service}") for service in (1, 2, 3))
RETIRED = ("1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.3")
STORED = (
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    EnhancedUSVolumeStorage,
    SecondaryCaptureImageStorage,
    *RETIRED,
)
# With each SOP class fewer than the 128 presentation contexts that an association can have.
SYNTAXES = [
    uid for uid in AllTransferSyntaxes if not uid.name.startswith(("JPIP", "SMPTE", "Fragmentable", "HEVC", "MPEG-4"))
]
TRANSIENT = 0x02
ANY_LENGTH = 0


class Associations:
    """Associations with one PACS. Those that serve requests are kept open and reused.

    Parameters
    ----------
    settings : Dimse
        `export.dimse` of params.
    store : callable
        Handles a C-STORE that answers a C-GET.
    """

    def __init__(self, settings: DimseSettings, store: Any) -> None:
        self._settings, self._store = settings, store
        self._address = (settings.host, settings.port)
        self._timeout = float(settings.timeout_s)
        self._idle: list[Association] = []
        self._lock = Lock()

    def close(self) -> None:
        """Release the associations that are kept open."""
        while self._idle:
            _release(self._idle.pop())

    @contextmanager
    def lend(self) -> Iterator[Association]:
        """Lend an association for C-FIND and for retrieval; only one that did its work is reused.

        Raises
        ------
        PacsError
            When the PACS cannot be reached or rejects the association.
        """
        association = self._take_idle() or self._open_for_requests()
        watch_line(line_of(association))
        try:
            yield association
        except BaseException:
            _release(association)
            raise
        with self._lock:
            self._idle.append(association)

    @contextmanager
    def open_for_echo(self) -> Iterator[Association]:
        """Open an association for C-ECHO alone. Errors as `lend`."""
        association = self._open([build_context(VERIFICATION)])
        watch_line(line_of(association))
        try:
            yield association
        finally:
            _release(association)

    def make_entity(self) -> AE:
        """Make our application entity."""
        ae = AE(self._settings.ae_title)
        ae.connection_timeout = ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = self._timeout
        ae.maximum_pdu_size = ANY_LENGTH
        return ae

    def _take_idle(self) -> Association | None:
        with self._lock:
            while self._idle:
                if (association := self._idle.pop()).is_established:
                    return association
        return None

    def _open_for_requests(self) -> Association:
        if self._settings.retrieve == "move":
            return self._open([build_context(FIND), build_context(MOVE)])
        stored = [build_context(sop, syntax) for sop in STORED for syntax in SYNTAXES]
        roles = [build_role(sop, scp_role=True) for sop in STORED]
        return self._open([build_context(FIND), build_context(GET), *stored], ext_neg=roles)

    def _open(self, contexts: list[Any], **more: Any) -> Association:
        if self._settings.tls is not None:
            more["tls_args"] = (make_tls_context(self._settings.tls, ssl.Purpose.SERVER_AUTH), self._address[0])
        called = self._settings.called_ae_title
        handlers = [(evt.EVT_C_STORE, self._store), *make_handlers(self._settings)]
        association = self.make_entity().associate(
            *self._address, contexts=contexts, ae_title=called, evt_handlers=handlers, **more
        )
        if not association.is_established:
            raise self._explain_refusal(association)
        return association

    def _explain_refusal(self, association: Association) -> PacsError:
        host, port = self._address
        answer = association.acceptor.primitive
        if association.is_rejected and answer is not None and answer.result != TRANSIENT:
            fix = f"have the PACS know {self._settings.ae_title}, and check called_ae_title in params.yaml"
            return PacsError(Fault.DENIED, "it rejects the association", fix)
        fix = "check host, port and tls in params.yaml and that the server runs, then run again"
        return PacsError(Fault.DOWN, f"there is no association with {host}:{port}", fix)


def make_tls_context(settings: Tls, purpose: ssl.Purpose) -> ssl.SSLContext:
    """Make a TLS context that trusts `ca_file` alone, and shows `cert_file` with `key_file`.

    Raises
    ------
    StudyError
        When a file is missing or is not a certificate.
    """
    files = {name: os.path.expandvars(path) for name, path in settings.plain().items()}
    try:
        context = ssl.create_default_context(purpose, cafile=files["ca_file"])
        context.verify_mode = ssl.CERT_REQUIRED
        if "cert_file" in files:
            context.load_cert_chain(files["cert_file"], files.get("key_file"))
    except OSError as error:
        rule = f"a certificate or key cannot be used ({type(error).__name__})"
        raise StudyError("params.yaml, export.dimse.tls", rule, "name existing PEM files") from None
    return context


def _release(association: Association) -> None:
    if association.is_established:
        association.release()
