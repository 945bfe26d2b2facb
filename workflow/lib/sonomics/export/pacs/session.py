"""HTTP to a PACS: who we are, whom we trust, where we follow, and connections that end in time."""

import os
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from sonomics.export.pacs.limits import watch_line
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.kinds.pacs import PASSWORD, TOKEN, USER
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings

HOPS = 4  # redirects that are followed; a convention


class Session(requests.Session):
    """A session whose own certificates take precedence over those of the environment, which requests would prefer."""

    def merge_environment_settings(self, url, proxies, stream, verify, cert):  # type: ignore[no-untyped-def]
        """Merge the settings of a request with those of the environment."""
        merged = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**merged, "verify": self.verify} if isinstance(self.verify, str) else merged


def open_session(settings: DicomWebSettings) -> Session:
    """Open a session that authenticates us and verifies the server."""
    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    if token := os.environ.get(TOKEN):
        session.headers["Authorization"] = f"Bearer {token}"
        session.trust_env = False  # a .netrc would replace the token
    elif user := os.environ.get(USER):
        session.auth = (user, os.environ.get(PASSWORD, ""))
    if settings.ca_file is not None:
        session.verify = os.path.expandvars(settings.ca_file)
    if settings.cert_file is not None:
        session.cert = os.path.expandvars(settings.cert_file)
    return session


def get_answer(
    session: Session, url: str, params: Mapping[str, Any], accepted: str, timeout_s: float
) -> requests.Response:
    """Ask for an address, and follow redirects that are safe; the body is not read yet.

    Raises
    ------
    PacsError
        UNFIT when the server redirects too often, from https to http, or to another host although we authenticate.
    requests.RequestException
        When there is no answer, or one of failure.
    """
    query: Mapping[str, Any] | None = params
    for _ in range(HOPS + 1):
        answer = session.get(
            url, params=query, headers={"Accept": accepted}, timeout=timeout_s, stream=True, allow_redirects=False
        )
        if not answer.is_redirect:
            answer.raise_for_status()
            return answer
        answer.close()
        url, query = urljoin(url, answer.headers["location"]), None
        _require_safe_redirect(answer.request, url, session)
    raise PacsError(Fault.UNFIT, "it redirects again and again", "state the address that it redirects to as url")


def _require_safe_redirect(request: requests.PreparedRequest, target: str, session: Session) -> None:
    here, there = urlsplit(str(request.url)), urlsplit(target)
    fix = "ask who runs it; if the other address is right, state it as url"
    if there.scheme not in ("http", "https") or (here.scheme, there.scheme) == ("https", "http"):
        raise PacsError(Fault.UNFIT, "it redirects from an encrypted connection to one that is not", fix)
    if there.username is not None:
        raise PacsError(Fault.UNFIT, "it redirects to an address with a user name in it", fix)
    authenticates = "Authorization" in request.headers or session.cert is not None
    if authenticates and here.hostname != there.hostname:
        raise PacsError(Fault.UNFIT, "it redirects to another host, which would learn who we are", fix)


class _Connection(HTTPConnection):
    """A connection that the deadline of an answer can cut, also while it is being encrypted."""

    line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        self.line = opened.dup()  # encryption takes the first over
        watch_line(self.line)
        return opened

    def request(self, *args: Any, **options: Any) -> None:
        """Send a request, on a connection that may have served others."""
        if self.line is not None:
            watch_line(self.line)
        super().request(*args, **options)

    def close(self) -> None:
        """Close the connection."""
        super().close()
        if self.line is not None:
            self.line.close()
            self.line = None


class _EncryptedConnection(_Connection, HTTPSConnection):
    """The same, encrypted."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _EncryptedConnection


class _Adapter(HTTPAdapter):
    """Takes such connections, to a proxy too."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _EncryptedPool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the pool of connections to a proxy."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _EncryptedPool}
        return manager
