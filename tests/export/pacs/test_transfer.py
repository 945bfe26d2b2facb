"""Trying again: how often, and after which pauses."""

import pytest

from sonomics.export.pacs import transfer
from sonomics.export.pacs.protocol import Fault, PacsError
from sonomics.export.pacs.transfer import LONGEST_PAUSE_S, RetryPolicy, retry


@pytest.fixture
def pauses(monkeypatch):
    waited = []
    monkeypatch.setattr(transfer.time, "sleep", waited.append)
    return waited


def failing(faults):
    def action():
        if faults:
            raise PacsError(faults.pop(0), "it does not answer", "run again")
        return "done"

    return action


def test_pauses_double_up_to_a_minute(pauses):
    assert retry(failing([Fault.DOWN] * 8), RetryPolicy(8, 1.5), "the PACS") == "done"
    assert pauses == [1.5, 3, 6, 12, 24, 48, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_after_the_last_try_it_is_given_up(pauses):
    with pytest.raises(PacsError, match="does not answer"):
        retry(failing([Fault.WRONG] * 9), RetryPolicy(2, 1), "the PACS")
    assert pauses == [1, 2]


def test_a_refusal_is_not_tried_again(pauses):
    with pytest.raises(PacsError):
        retry(failing([Fault.DENIED]), RetryPolicy(2, 1), "the PACS")
    assert pauses == []
