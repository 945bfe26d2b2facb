"""Receive a study: try again after a pause, go on where it stopped, one job at a time."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sonomics.export.pacs.original_store import SEND_AGAIN, Shelf
from sonomics.export.pacs.protocol import Fault, Instance, Order, Pacs, PacsError, orders

log = logging.getLogger(__name__)
LONGEST_PAUSE_S = 60.0  # a convention
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How often to try again after a try that brought nothing, and how long to wait before: doubled each time."""

    retries: int
    pause_s: float

    def wait(self, failures: int) -> None:
        """Wait before the next try."""
        time.sleep(min(self.pause_s * 2 ** (failures - 1), LONGEST_PAUSE_S))


def patience_of(settings: Mapping[str, Any]) -> Patience:
    """Read `retries` and `pause_s` of a source."""
    return Patience(settings.get("retries", 4), settings.get("pause_s", 1.0))


def persist(action: Callable[[], T], patience: Patience, what: str) -> T:
    """Do something until it works.

    Parameters
    ----------
    action : callable without arguments
    patience : Patience
    what : str
        Names the action in the log; a pseudonym, never an identity.

    Raises
    ------
    PacsError
        At once when the PACS refuses us, else after the last try.
    """
    failures = 0
    while True:
        try:
            return action()
        except PacsError as error:
            failures += 1
            if error.fault is Fault.DENIED or failures > patience.retries:
                raise
            log.warning("%s, try %d: %s", what, failures, error)
            patience.wait(failures)


def receive(
    pacs: Pacs, study_uid: str, modality: str, shelf: Shelf, patience: Patience, what: str
) -> tuple[list[Instance], list[Instance]]:
    """Receive a study, except for what lies on the shelf already.

    Parameters
    ----------
    pacs : Pacs
    study_uid, modality : str
    shelf : Shelf
    patience : Patience
        A try that brings something is no failure: a line that is cut again and again still gets there.
    what : str
        Names the exam in the log, by its pseudonym.

    Returns
    -------
    listed, missing : list of Instance
        What the study has, sorted, and what of it the PACS did not hand over in the end.

    Raises
    ------
    PacsError
        When the PACS refuses us or stays down.
    """
    if listed := shelf.listing():
        return listed, []
    answers = persist(lambda: pacs.list_instances(study_uid, modality), patience, what)
    listed = sorted({instance.uid: instance for instance in answers}.values())  # some list an instance repeatedly
    failures, missing = 0, shelf.missing(listed)
    while missing:
        error = _fetch(pacs, study_uid, listed, missing, shelf)
        before, missing = len(missing), shelf.missing(listed)
        if not missing:
            break
        failures = failures + 1 if len(missing) == before else 1
        if error.fault is Fault.DENIED or (failures > patience.retries and error.fault is Fault.DOWN):
            raise error
        log.warning("%s, %d of %d instances missing, try %d: %s", what, len(missing), len(listed), failures, error)
        if failures > patience.retries:
            return listed, missing
        patience.wait(failures)
    if listed:
        shelf.complete(listed)
    return listed, []


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for the other jobs of the study that work in a folder: the PACS is asked by one at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(pacs: Pacs, study_uid: str, listed: list[Instance], missing: list[Instance], shelf: Shelf) -> PacsError:
    error = PacsError(Fault.WRONG, "it did not send all that it listed, and gave no reason", SEND_AGAIN)
    for order in orders(listed, missing):
        held = [instance for instance in missing if instance.series_uid == order.series_uid]
        try:
            pacs.fetch(study_uid, order, shelf.keep)
            continue
        except PacsError as raised:
            error = raised
        # One bad instance must not keep the others back.
        for instance in shelf.missing(held) if error.fault is Fault.WRONG and len(held) > 1 else ():
            try:
                pacs.fetch(study_uid, Order(instance.series_uid, (instance.uid,)), shelf.keep)
            except PacsError as raised:
                error = raised
                if error.fault is not Fault.WRONG:
                    break
        if error.fault is not Fault.WRONG:
            break
    return error
