"""The job of every PACS source: receive the exams of a chunk, then write them without identities."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sonomics.core.cohort import chunk_of, read_roster
from sonomics.core.errors import StudyError
from sonomics.core.jobs import job_parser, progress
from sonomics.export.deidentify.chunk import Chunk, write_chunk
from sonomics.export.deidentify.dataset import Identity
from sonomics.export.deidentify.linkage import linkage_path, read_linkage
from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key
from sonomics.export.deidentify.release import NOT_FOUND, NOT_RETRIEVED
from sonomics.export.pacs.intake import WORDS, Intake, Whose
from sonomics.export.pacs.merged import read_merged
from sonomics.export.pacs.original_store import RECEIVED, OriginalStore
from sonomics.export.pacs.protocol import Instance, Pacs, PacsError
from sonomics.export.pacs.transfer import read_retry_policy, receive_study, retry, wait_for_turn
from sonomics.kinds.pacs import Server

log = logging.getLogger(__name__)
Connect = Callable[[Any], Pacs]


@dataclass(frozen=True)
class Exam:
    """An exam to fetch."""

    patient: str
    case: str
    exam: str
    centre: str
    patient_id: str
    study_uid: str
    issuer: str

    @property
    def name(self) -> str:
        """`<case>-<exam>`."""
        return f"{self.case}-{self.exam}"

    def instance(self, number: int) -> Identity:
        """Return the identity of one of its instances."""
        return Identity(self.patient_id, self.case, self.exam, f"i{number}")


@dataclass(frozen=True)
class Received:
    """The instances of an exam that were listed and received; a reason when the PACS could not list them.

    Attributes
    ----------
    missing : mapping of Instance to str
        The instances that are not kept, and why if it is known.
    """

    intake: Intake
    listed: Sequence[Instance] = ()
    missing: Mapping[Instance, str] = field(default_factory=dict)
    reason: str = NOT_FOUND


def retrieve_chunk(doc: str | None, source: str, connect: Connect, argv: Sequence[str] | None) -> None:
    """Run the job of a PACS source.

    Parameters
    ----------
    doc : str or None
        The job's help.
    source : str
        Its section of `export`.
    connect : callable
        Makes the client from the settings of the section.
    argv : sequence of str or None

    Raises
    ------
    StudyError
        When the PACS refuses the connection or stays down, the disk is full, or cohort, linkage and key do not agree.
        What has been received is stored in `work/received` and is not fetched again.
    """
    parser = job_parser(doc)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--chunk", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pseudonyms = Pseudonyms(read_key())
    study, export = args.settings.study, args.settings.export
    exams = list_exams(args.cohort, study.chunks, args.chunk, pseudonyms)
    received = receive_exams(exams, source, connect, export.sources()[source], pseudonyms, args.chunk)
    with write_chunk(args.out, export) as chunk:
        for exam in progress(exams, f"de-identify chunk {args.chunk}"):
            release_exam(exam, received[exam.name], chunk)


def list_exams(cohort: Path, chunks: int, number: int, pseudonyms: Pseudonyms) -> list[Exam]:
    """List the exams of a chunk.

    Raises
    ------
    StudyError
        When a case of the cohort is not in the linkage table.
    """
    path = linkage_path(Path())
    linkage = read_linkage(path, pseudonyms)
    roster = read_roster(cohort)[["patient", "case", "centre"]]
    members = roster[[chunk_of(patient, chunks) == number for patient in roster["patient"]]]
    if unlisted := int((~members["case"].isin(linkage["case"])).sum()):
        fix = "draft both again with `sonomics query`, or take the cases out of the cohort"
        raise StudyError(str(path), f"it does not list {unlisted} cases of the cohort in chunk {number}", fix)
    if "issuer" not in linkage:  # of a linkage table drafted before issuers were asked for
        linkage = linkage.assign(issuer="")
    rows = members.merge(linkage[["case", "exam", "patient_id", "study_uid", "issuer"]], on="case")
    return [Exam(*row) for row in rows[list(Exam.__annotations__)].itertuples(index=False)]


def receive_exams(
    exams: Sequence[Exam],
    source: str,
    connect: Connect,
    settings: Server,
    pseudonyms: Pseudonyms,
    chunk: int,
    root: Path = RECEIVED,
) -> dict[str, Received]:
    """Receive exams, `parallel` of them at a time; log the rate.

    Raises
    ------
    StudyError
        When the PACS refuses the connection or stays down, or the disk is full.
    """
    merged = read_merged(settings.merged)
    intakes = {
        exam.name: Intake(
            OriginalStore(root, exam.study_uid, pseudonyms),
            Whose(merged.all_of(exam.patient_id.strip()), exam.issuer, exam.study_uid),
        )
        for exam in exams
    }
    received = {
        name: Received(intake, listed)
        for name, intake in intakes.items()
        if (listed := intake.store.listing()) is not None
    }
    waiting = [exam for exam in exams if exam.name not in received]
    if not waiting:
        log.info("chunk %d: all %d exams have been received before", chunk, len(exams))
        return received
    with wait_for_turn(root):
        start = time.monotonic()
        try:
            with closing(connect(settings)) as pacs:
                retry(pacs.check, read_retry_policy(settings), "the PACS")
                for exam, what in _receive_in_parallel(
                    partial(_receive_exam, pacs, settings, intakes), waiting, settings, chunk
                ):
                    received[exam.name] = what
        except PacsError as error:
            raise StudyError(f"params.yaml, export.{source}", error.rule, error.fix) from None
        seconds = time.monotonic() - start
    files, size = (sum(getattr(intake.store, name) for intake in intakes.values()) for name in ("files", "size"))
    log.info(
        "chunk %d: received %d images, %.1f MB in %.1f s (%.1f images/s, %.1f MB/s)",
        *(chunk, files, size / 1e6, seconds, files / seconds, size / 1e6 / seconds),
    )
    return received


def release_exam(exam: Exam, received: Received, chunk: Chunk) -> None:
    """Write the instances of an exam without identities, numbered as the scanner numbered them."""
    if not received.listed:
        chunk.set_aside(
            Identity(exam.patient_id, exam.case, exam.exam, "i0"), exam.patient, exam.centre, received.reason
        )
    for number, instance in enumerate(received.listed, start=1):
        identity = exam.instance(number)
        if instance in received.missing:
            reason = received.missing[instance] or NOT_RETRIEVED
            chunk.set_aside(identity, exam.patient, exam.centre, reason)
        elif reason := received.intake.find_fault_of_stored(instance):
            log.warning("%s is set aside: what is stored of it is %s", identity.stem, WORDS[reason])
            chunk.set_aside(identity, exam.patient, exam.centre, reason)
        else:
            chunk.release(received.intake.store.path(instance.uid), identity, exam.patient, exam.centre)


def _receive_exam(pacs: Pacs, settings: Server, intakes: Mapping[str, Intake], exam: Exam) -> Received:
    intake, modality = intakes[exam.name], settings.query.modality
    try:
        listed, missing = receive_study(pacs, modality, intake, read_retry_policy(settings), exam.name)
    except OSError as error:
        rule = f"a received file cannot be written ({os.strerror(error.errno) if error.errno else error})"
        raise StudyError(f"exam {exam.name}, {RECEIVED}", rule, "make room on the disk, then run again") from None
    except PacsError as error:
        if not error.fault.stops:
            log.warning("%s is set aside: %s", exam.name, error)
            return Received(intake, reason=NOT_RETRIEVED)
        raise StudyError(f"exam {exam.name}", f"{error.fault.value}: {error.rule}", error.fix) from None
    finally:
        if intake.refused:
            counts = ", ".join(f"{count} {what}" for what, count in sorted(intake.refused.items()))
            log.warning("%s, objects of the PACS that were not kept: %s", exam.name, counts)
    return Received(intake, listed, missing)


def _receive_in_parallel(
    task: Callable[[Exam], Received], exams: Sequence[Exam], settings: Server, chunk: int
) -> Iterator[tuple[Exam, Received]]:
    with ThreadPoolExecutor(settings.parallel) as pool:
        futures = {pool.submit(task, exam): exam for exam in exams}
        try:
            for future in progress(as_completed(futures), f"receive chunk {chunk}", total=len(futures)):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
