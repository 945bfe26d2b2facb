"""Passwords: where they may stand, and where a redirect must not carry them."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread

import pytest
import requests

from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.export.pacs.session import get_answer, open_session
from sonomics.kinds.sources.dicomweb import KIND
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings

COHORT = {"centre": "north", "split": {"train": "2018-01-01"}}


@pytest.fixture
def redirecting(monkeypatch):
    """A server that redirects /away to a place, and remembers the credentials that came with each request."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"SONOMICS_PACS_{name}", raising=False)
    seen, place = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers.get("Authorization")))
            self.send_response(302 if self.path.startswith("/away") else 200)
            if self.path.startswith("/away"):
                self.send_header("Location", place[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1], place, seen
        server.shutdown()
        thread.join()


def ask(port):
    settings = DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}"})
    with open_session(settings) as session, get_answer(session, f"{settings.url}/away", {"a": "1"}, "*/*", 5) as answer:
        return answer.status_code


def test_a_redirect_on_the_same_host_is_followed(redirecting, monkeypatch):
    port, place, seen = redirecting
    monkeypatch.setenv("SONOMICS_PACS_TOKEN", "secret")
    place.append("/there")
    assert ask(port) == 200
    assert seen[-1] == ("/there", "Bearer secret")


@pytest.mark.parametrize("kind", ["TOKEN", "USER"])
def test_a_password_does_not_follow_to_another_host(redirecting, monkeypatch, kind):
    port, place, seen = redirecting
    place.append(f"http://localhost:{port}/there")
    assert ask(port) == 200
    monkeypatch.setenv(f"SONOMICS_PACS_{kind}", "secret")
    with pytest.raises(PacsError, match="redirects to another host") as raised:
        ask(port)
    assert raised.value.fault is Fault.UNFIT
    assert [path for path, sent in seen if path == "/there" and sent] == []


@pytest.mark.parametrize(
    ("here", "there", "rule"),
    [
        ("https://pacs/a", "http://pacs/a", "one that is not"),
        ("https://pacs/a", "ftp://pacs/a", "one that is not"),
        ("https://pacs/a", "https://ann:secret@pacs/a", "user name"),
    ],
)
def test_no_redirect_leaves_the_encryption_or_brings_a_user(monkeypatch, here, there, rule):
    def redirect(session, url, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.headers["location"] = 302, url, there
        answer.raw = BytesIO()
        answer.request = requests.Request("GET", here).prepare()
        return answer

    monkeypatch.setattr(requests.Session, "get", redirect)
    with pytest.raises(PacsError, match=rule) as raised:
        get_answer(open_session(DicomWebSettings.partial({"url": here})), here, {}, "*/*", 5)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://ann:hunter2@pacs.hospital/dicom-web", "user name or password"),
        ("https://hunter2@pacs.hospital/dicom-web", "user name or password"),
        ("https://pacs.hospital/dicom-web?token=hunter2", "query"),
        ("https://pacs.hospital/dicom-web#hunter2", "query"),
        ("https:///hunter2", "no host"),
        ("https://pacs:port/hunter2", "no host"),
    ],
)
def test_a_secret_in_the_address_is_refused_and_not_repeated(site, url, rule):
    site.state("dicomweb", {"url": url, "cohort": COHORT})
    for verb in ("check", "query"):
        refused = site.command(verb)
        assert refused.exit_code == 2
        assert rule in refused.stderr
        assert "hunter2" not in refused.output


@pytest.mark.parametrize(
    ("url", "user", "warned"),
    [
        ("http://pacs.hospital/dicom-web", "ann", True),
        ("https://pacs.hospital/dicom-web", "ann", False),
        ("http://pacs.hospital/dicom-web", "", False),
        ("http://localhost:8042/dicom-web", "ann", False),
    ],
)
def test_a_password_in_the_clear_is_warned_of(site, monkeypatch, caplog, url, user, warned):
    monkeypatch.setenv("SONOMICS_PACS_USER", user)
    settings = DicomWebSettings.partial({"url": url, "cohort": COHORT})
    assert bool(KIND.list_risks(settings)) is warned
    DicomWeb(settings).close()
    assert ("travel unencrypted" in caplog.text) is warned
    site.state("dicomweb", {"url": url, "cohort": COHORT})
    assert ("travel unencrypted" in site.command("check").stderr) is warned
