"""Receive a study: retry after a pause, continue where it stopped, one job at a time."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sonomics.export.pacs.original_store import SEND_AGAIN, OriginalStore
from sonomics.export.pacs.protocol import Fault, Instance, Order, Pacs, PacsError, group_into_orders
from sonomics.kinds.pacs import Server

log = logging.getLogger(__name__)
LONGEST_PAUSE_S = 60.0  # a convention
T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """How often to retry after an attempt that brought nothing, and the pause before, which doubles each time."""

    retries: int
    pause_s: float

    def wait(self, failures: int) -> None:
        """Wait before the next try."""
        time.sleep(min(self.pause_s * 2 ** (failures - 1), LONGEST_PAUSE_S))


def read_retry_policy(settings: Server) -> RetryPolicy:
    """Read `retries` and `pause_s` of a source."""
    return RetryPolicy(settings.retries, settings.pause_s)


def retry(action: Callable[[], T], policy: RetryPolicy, what: str) -> T:
    """Repeat an action until it works.

    Parameters
    ----------
    action : callable without arguments
    policy : RetryPolicy
    what : str
        Name of the action in the log; a pseudonym, never an identity.

    Raises
    ------
    PacsError
        At once when the PACS refuses the connection, else after the last attempt.
    """
    failures = 0
    while True:
        try:
            return action()
        except PacsError as error:
            failures += 1
            if error.fault is Fault.DENIED or failures > policy.retries:
                raise
            log.warning("%s, attempt %d: %s", what, failures, error)
            policy.wait(failures)


def receive_study(
    pacs: Pacs, study_uid: str, modality: str, store: OriginalStore, policy: RetryPolicy, what: str
) -> tuple[list[Instance], list[Instance]]:
    """Receive a study, except for what is stored already.

    Parameters
    ----------
    pacs : Pacs
    study_uid, modality : str
    store : Shelf
    policy : RetryPolicy
        An attempt that brings something is not a failure: a connection that is cut again and again still succeeds.
    what : str
        Name of the exam in the log, its pseudonym.

    Returns
    -------
    listed, missing : list of Instance
        The instances of the study, sorted, and those that the PACS did not send in the end.

    Raises
    ------
    PacsError
        When the PACS refuses the connection or stays down.
    """
    if listed := store.listing():
        return listed, []
    answers = retry(lambda: pacs.list_instances(study_uid, modality), policy, what)
    listed = sorted({instance.uid: instance for instance in answers}.values())  # some list an instance repeatedly
    failures, missing = 0, store.missing(listed)
    while missing:
        error = _fetch_missing(pacs, study_uid, listed, missing, store)
        before, missing = len(missing), store.missing(listed)
        if not missing:
            break
        failures = failures + 1 if len(missing) == before else 1
        if error.fault is Fault.DENIED or (failures > policy.retries and error.fault is Fault.DOWN):
            raise error
        log.warning("%s, %d of %d instances missing, attempt %d: %s", what, len(missing), len(listed), failures, error)
        if failures > policy.retries:
            return listed, missing
        policy.wait(failures)
    if listed:
        store.complete(listed)
    return listed, []


@contextmanager
def wait_for_turn(folder: Path) -> Iterator[None]:
    """Wait for the other jobs of the study that work in a folder: only one asks the PACS at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_missing(
    pacs: Pacs, study_uid: str, listed: list[Instance], missing: list[Instance], store: OriginalStore
) -> PacsError:
    error = PacsError(Fault.WRONG, "it did not send all that it listed, and gave no reason", SEND_AGAIN)
    for order in group_into_orders(listed, missing):
        ordered = [instance for instance in missing if instance.series_uid == order.series_uid]
        try:
            pacs.fetch(study_uid, order, store.keep)
            continue
        except PacsError as raised:
            error = raised
        # One bad instance must not hold back the others.
        for instance in store.missing(ordered) if error.fault is Fault.WRONG and len(ordered) > 1 else ():
            try:
                pacs.fetch(study_uid, Order(instance.series_uid, (instance.uid,)), store.keep)
            except PacsError as raised:
                error = raised
                if error.fault is not Fault.WRONG:
                    break
        if error.fault is not Fault.WRONG:
            break
    return error
