"""Servers that send without end, too much, or too slowly, by HTTP and by DIMSE."""

import itertools
import time

import pytest

from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.dimse import Dimse
from sonomics.export.pacs.limits import Deadline
from sonomics.export.pacs.protocol import Criteria, Fault, PacsError
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings
from sonomics.kinds.sources.dimse import Dimse as DimseSettings
from tests.export.endless import (
    HEAD,
    LIMITS,
    ORDER,
    PATIENCE_S,
    a_body_announced_larger,
    a_slow_object,
    a_slow_part,
    an_endless_preamble,
    drip,
    endless_body,
    endless_headers,
    endless_pages,
    endless_parts,
    endless_redirects,
    endless_slow_body,
    endless_slow_chunks,
    one_endless_object,
    one_endless_part,
    serving,
)
from tests.export.peer import AE_TITLE, Peer, peer

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (endless_headers, "not whole after"),
        (endless_slow_body, "not whole after"),
        (endless_slow_chunks, "not whole after"),
        (endless_body, "more than 0.3 MB"),
        (a_body_announced_larger, "more than 0.3 MB"),
        (endless_pages, "more than 0.3 MB"),
        (endless_redirects, "again and again"),
    ],
)
def test_a_list_without_end_is_given_up(answer, rule):
    with serving(answer) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule) as raised:
            pacs.find_studies(Criteria())
        assert time.monotonic() - start < PATIENCE_S
        assert raised.value.fault.is_lasting
        pacs.close()


def test_pages_that_come_too_slowly_together_are_given_up():
    def slowly(request):
        time.sleep(0.5)
        yield from endless_pages(request)

    with serving(slowly) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        with pytest.raises(PacsError, match="not whole after"):
            pacs.find_studies(Criteria())
        pacs.close()


def test_a_list_nested_without_end_is_not_one():
    with serving(lambda _: iter([HEAD + b"\r\n" + b"[" * 200_000])) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        with pytest.raises(PacsError, match="not DICOMweb"):
            pacs.find_studies(Criteria())
        pacs.close()


@pytest.mark.parametrize(
    ("answer", "rule", "most"),
    [
        (one_endless_part, "more than 0.3 MB", 0),
        (an_endless_preamble, "more than 0.3 MB", 0),
        (endless_parts, "more objects than it listed", 2),
        (a_slow_part, "not whole after", 0),
        (one_endless_object, "more than 0.3 MB", 0),
        (a_slow_object, "not whole after", 0),
    ],
)
def test_objects_without_end_are_given_up(answer, rule, most):
    kept = []
    with serving(answer) as port:
        pacs = DicomWeb(DicomWebSettings.partial({"url": f"http://127.0.0.1:{port}", **LIMITS}))
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule):
            pacs.fetch("1.2", ORDER, lambda content: kept.append(content) or True)
        assert time.monotonic() - start < PATIENCE_S
        assert len(kept) == most
        pacs.close()


def dimse(port: int) -> Dimse:
    stated = {
        "host": "127.0.0.1", "port": port, "ae_title": "SONOMICS", "called_ae_title": AE_TITLE, "retrieve": "get",
        **LIMITS,
    }  # fmt: skip
    return Dimse(DimseSettings.partial(stated))


def test_a_find_without_end_is_given_up(hospital, monkeypatch):
    once = Peer.find

    def forever(state, event):
        answers = list(once(state, event))
        yield from itertools.cycle(answers)

    monkeypatch.setattr(Peer, "find", forever)
    with peer(hospital[:3]) as server:
        pacs = dimse(server.port)
        with pytest.raises(PacsError, match=r"more than 0\.3 MB|not whole after") as raised:
            pacs.find_studies(Criteria())
        assert raised.value.fault is Fault.EXCESS
        pacs.close()


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (lambda _: itertools.chain([b"\x02\x00\x00\x00\x40\x00"], drip(b"\x00")), "not whole after"),
        (lambda _: itertools.chain([b"\x02\x00\xff\xff\xff\xf0"], itertools.repeat(b"\0" * 65536)), "no association"),
    ],
)
def test_a_message_that_never_ends_is_given_up(answer, rule):
    with serving(answer) as port:
        pacs = dimse(port)
        start = time.monotonic()
        with pytest.raises(PacsError, match=rule):
            pacs._ask("STUDY", {"StudyInstanceUID": ""})
        assert time.monotonic() - start < PATIENCE_S
        pacs.close()


def test_a_deadline_reports_what_failed_after_it_and_nothing_else():
    with pytest.raises(ZeroDivisionError), Deadline(5):
        raise ZeroDivisionError
    with pytest.raises(PacsError, match=r"not whole after 0\.01 s"), Deadline(0.01):
        time.sleep(0.1)
