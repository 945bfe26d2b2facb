"""Receive a study: retry after a pause, continue where it stopped, one job at a time."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sonomics.core.private import keep_private, make_private_folder
from sonomics.export.pacs.intake import OVER_LIMIT, Intake
from sonomics.export.pacs.original_store import SEND_AGAIN
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
        At once when another attempt would be as vain, else after the last one.
    """
    failures = 0
    while True:
        try:
            return action()
        except PacsError as error:
            failures += 1
            if error.fault.is_lasting or failures > policy.retries:
                raise
            log.warning("%s, attempt %d: %s", what, failures, error)
            policy.wait(failures)


def receive_study(
    pacs: Pacs, modality: str, intake: Intake, policy: RetryPolicy, what: str
) -> tuple[list[Instance], dict[Instance, str]]:
    """Receive a study, except for what is stored already.

    Parameters
    ----------
    pacs : Pacs
    modality : str
    intake : Intake
        Whose study it is, and where it is kept.
    policy : RetryPolicy
        An attempt that brings something is not a failure: a connection that is cut again and again still succeeds.
    what : str
        Name of the exam in the log, its pseudonym.

    Returns
    -------
    listed : list of Instance
        The instances of the study, sorted.
    missing : dict of Instance to str
        Those that are not kept in the end, and why if it is known: a reason of the manifest, or "".

    Raises
    ------
    PacsError
        When the PACS refuses the connection, cannot be relied on, or stays down.
    """
    store = intake.store
    if listed := store.listing():
        return listed, {}
    answers = retry(lambda: pacs.list_instances(intake.whose.study_uid, modality), policy, what)
    listed = sorted({instance.uid: instance for instance in answers}.values())  # some list an instance repeatedly
    intake.expect(listed)
    failures, missing = 0, store.missing(listed)
    while hopeful := [instance for instance in missing if not intake.reason_of(instance)]:
        error = _fetch_missing(pacs, listed, hopeful, intake)
        before, missing = len(missing), store.missing(listed)
        if not missing:
            break
        failures = failures + 1 if len(missing) == before else 1
        if error.fault.stops and (error.fault.is_lasting or failures > policy.retries):
            raise error
        log.warning("%s, %d of %d instances missing, attempt %d: %s", what, len(missing), len(listed), failures, error)
        if failures > policy.retries:
            break
        policy.wait(failures)
    if listed and not missing:
        store.complete(listed)
    return listed, {instance: intake.reason_of(instance) for instance in missing}


@contextmanager
def wait_for_turn(folder: Path) -> Iterator[None]:
    """Wait for the other jobs of the study that work in a folder: only one asks the PACS at a time."""
    make_private_folder(folder)
    with keep_private():
        lock = (folder / ".lock").open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_missing(pacs: Pacs, listed: list[Instance], missing: list[Instance], intake: Intake) -> PacsError:
    """Fetch series by series, then one by one what a series did not bring: a bad instance must not hold back others."""
    error = PacsError(Fault.WRONG, "it did not send all that it listed, and gave no reason", SEND_AGAIN)
    for order in group_into_orders(listed, missing):
        raised = _fetch_order(pacs, order, intake)
        ordered = [instance for instance in missing if instance.uid in order.instances]
        error = raised or error
        for instance in intake.store.missing(ordered) if len(ordered) > 1 else ():
            if error.fault.stops:
                break
            error = _fetch_order(pacs, Order(order.series_uid, (instance.uid,)), intake) or error
        if error.fault.stops:
            break
    return error


def _fetch_order(pacs: Pacs, order: Order, intake: Intake) -> PacsError | None:
    try:
        pacs.fetch(intake.whose.study_uid, order, intake.keep)
    except PacsError as error:
        if error.fault is Fault.EXCESS and len(order.instances) == 1:
            intake.give_up(order.instances[0], OVER_LIMIT)
        return error
    return None
