"""What becomes of hostile servers: QIDO, WADO, C-FIND, C-GET, C-MOVE and C-STORE on this machine, each with a fate.

Run from the repository: `uv run python benchmarks/hostile_servers.py [--mutants 300] [--write]`. A server that sends
without end, too slowly, lists that are not whole, objects of other patients or of other names, is asked as a study
asks it; and lists, objects and DIMSE messages are changed at random, a seed each. Whatever comes, the answer is given
up by name, or the object is refused and counted, or what was listed is kept and nothing else. It writes its section of
docs/reliability.md with `--write`. Peak memory is that of the process, servers included.
"""

import argparse
import json
import logging
import os
import random
import re
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]


from benchmarks.reliability import write_section  # noqa: E402
from sonomics.core.errors import StudyError  # noqa: E402
from sonomics.core.schemas import MANIFEST  # noqa: E402
from sonomics.core.tables import read_table  # noqa: E402
from sonomics.export.deidentify.pseudonyms import Pseudonyms  # noqa: E402
from sonomics.export.pacs.dicomweb import DicomWeb  # noqa: E402
from sonomics.export.pacs.dimse import Dimse  # noqa: E402
from sonomics.export.pacs.intake import Intake, Whose  # noqa: E402
from sonomics.export.pacs.original_store import OriginalStore  # noqa: E402
from sonomics.export.pacs.protocol import Criteria, PacsError  # noqa: E402
from sonomics.export.pacs.receiver import Receiver  # noqa: E402
from sonomics.export.pacs.transfer import RetryPolicy, receive_study  # noqa: E402
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings  # noqa: E402
from sonomics.kinds.sources.dimse import Dimse as DimseSettings  # noqa: E402
from tests.export import endless  # noqa: E402
from tests.export.conftest import EXAMS, KEY, Site, exam  # noqa: E402
from tests.export.pacs.test_identity import STRANGER, pacs_of  # noqa: E402
from tests.export.pacs.test_receiver import TITLE, begin_to_store, stated  # noqa: E402
from tests.export.peer import AE_TITLE  # noqa: E402
from tests.export.web import web  # noqa: E402

LISTS = {
    "headers without end": endless.endless_headers, "a body that drips": endless.endless_slow_body,
    "chunks that drip": endless.endless_slow_chunks, "a body without end": endless.endless_body,
    "a body announced as 100 GB": endless.a_body_announced_larger, "pages without end": endless.endless_pages,
    "redirects without end": endless.endless_redirects,
    "200,000 open brackets": lambda _: iter([endless.HEAD + b"\r\n" + b"[" * 200_000]),
}  # fmt: skip
OBJECTS = {
    "a part without end": endless.one_endless_part, "a preamble without end": endless.an_endless_preamble,
    "parts without end": endless.endless_parts, "a part that drips": endless.a_slow_part,
    "an object without end": endless.one_endless_object, "an object that drips": endless.a_slow_object,
}  # fmt: skip
HANG_S = 30.0
# Of an association that is accepted, of data, of one that is refused (PS3.8 9.3); and nothing.
BEGUN = (b"", b"\x02\x00\x00\x00\x00\x40\x00\x01", b"\x04\x00\xff\xff\xff\xff", b"\x03\x00\x00\x00\x00\x04")
Fate = str


def ask(settings: dict[str, Any], what: Callable[[DicomWeb], object]) -> Fate:
    """Ask a DICOMweb server; return what was given up, or that it answered."""
    with closing(DicomWeb(DicomWebSettings.partial({**endless.LIMITS, **settings}))) as pacs:
        try:
            what(pacs)
        except PacsError as error:
            return f"given up: {shorten(error.rule)}"
    return "read"


def shorten(rule: str) -> str:
    """Leave out of a rule what names one case of it."""
    return re.sub(r" with [0-9.]+:[0-9]+", "", rule.partition(" (")[0])


def serve_list(answer: Callable[[bytes], Iterator[bytes]]) -> Fate:
    with endless.serving(answer) as port:
        return ask({"url": f"http://127.0.0.1:{port}"}, lambda pacs: pacs.find_studies(Criteria()))


def serve_object(answer: Callable[[bytes], Iterator[bytes]]) -> Fate:
    kept: list[bytes] = []
    with endless.serving(answer) as port:
        fetch = ask(
            {"url": f"http://127.0.0.1:{port}"},
            lambda pacs: pacs.fetch("1.2", endless.ORDER, lambda content: bool(kept.append(content)) or True),
        )
    return fetch if len(kept) <= len(endless.ORDER.instances) else "WRONG"


def mutate(content: bytes, seed: int) -> bytes:
    """Change, lose or add bytes of an answer, or cut it off."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8])):
        place = chance.randrange(len(changed)) if changed else 0
        match chance.randrange(5):
            case 0:
                del changed[place:]
            case 1:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del changed[place : place + chance.randrange(1, 64)]
            case 3:
                changed[place:place] = chance.randbytes(chance.randrange(1, 64))
            case 4:
                changed[place:place] = changed[place : place + 256] * chance.randrange(1, 5)
    return bytes(changed)


def mutate_list(seed: int) -> Fate:
    """Read a list of exams of which bytes were changed."""
    with web([exam(*which)[0] for which in EXAMS]) as server:
        whole = json.dumps(server.search(["studies"])).encode()
        server.fault = lambda path: mutate(whole, seed)

        def find(pacs: DicomWeb) -> object:
            pacs.find_studies(Criteria())
            return None

        return ask({"url": server.url}, find)


def mutate_objects(seed: int) -> Fate:
    """Receive an exam of which bytes of the objects, or of what wraps them, were changed."""
    datasets = exam(*EXAMS[0])
    with web(datasets) as server, tempfile.TemporaryDirectory() as folder:
        study = str(datasets[0].StudyInstanceUID)
        whose = Whose(frozenset({str(datasets[0].PatientID)}), "", study)
        store = OriginalStore(Path(folder), study, Pseudonyms(b"k" * 32))
        intake = Intake(store, whose)

        def fault(path: str) -> bytes | None:
            parts = path.strip("/").split("/")
            return None if len(parts) % 2 else mutate(server.multipart(parts), seed)

        server.fault = fault
        settings = DicomWebSettings.partial({**endless.LIMITS, "object_mb": 5, "url": server.url})
        with closing(DicomWeb(settings)) as pacs:
            try:
                listed, missing = receive_study(pacs, "US", intake, RetryPolicy(0, 0), "exam")
            except PacsError as error:
                return f"given up: {shorten(error.rule)}"
        kept = [instance for instance in listed if instance not in missing]
        if any(intake.find_fault_of_stored(instance) for instance in kept):
            return "WRONG"
        return "kept whole" if not missing else f"{len(missing)} of {len(listed)} objects set aside"


def mutate_message(seed: int) -> Fate:
    """Ask a DIMSE server that answers with random bytes, or the beginning of an answer and random bytes."""
    chance = random.Random(seed)
    begun = chance.choice(BEGUN)
    with endless.serving(lambda _: iter([begun + chance.randbytes(chance.randrange(0, 5000))])) as port:
        stated = {
            "host": "127.0.0.1", "port": port, "ae_title": "SONOMICS", "called_ae_title": AE_TITLE, "retrieve": "get",
            **endless.LIMITS,
        }  # fmt: skip
        with closing(Dimse(DimseSettings.partial(stated))) as pacs:
            try:
                pacs.find_studies(Criteria())
            except PacsError as error:
                return f"given up: {shorten(error.rule)}"
        return "WRONG"


def export(way: str, change: Callable[[Any], None], before: Callable[[Any], None] = lambda server: None) -> Fate:
    """Query a PACS that misbehaves and export; return the counted reasons, or the rule by which the study stopped."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "study")
        site.path.mkdir()
        os.environ.update(SONOMICS_KEY=KEY, SONOMICS_LINKAGE=str(site.linkage))
        here = Path.cwd()
        os.chdir(site.path)
        try:
            hospital = [dataset for which in EXAMS for dataset in exam(*which)]
            with pacs_of(way, deepcopy(hospital)) as (server, source, section, job):
                before(server)
                params = site.state(source, {**section, "retries": 1, "deadline_s": 5})
                drafted = site.command("query")
                if drafted.exit_code:
                    rule = drafted.stderr.partition(". Fix")[0].rpartition(": ")[2]
                    return f"query stopped: {shorten(rule)}"
                change(server)
                try:
                    job(site.arguments(params))
                except StudyError as error:
                    return f"run stopped: {shorten(error.rule)}"
            manifest = read_table(Path("data/export/0/manifest.parquet"), MANIFEST)
        finally:
            os.chdir(here)
        if len(manifest) < len(hospital):
            return "WRONG"
        counts = manifest["reason"].replace("", "exported").value_counts().sort_index()
        return ", ".join(f"{count} {reason}" for reason, count in counts.items())


def store(pause_s: float) -> Fate:
    """Send to our storage service a part of an object every so many seconds, without end."""
    from pynetdicom import AE  # once sonomics has pinned what it loads

    settings = stated(deadline_s=2, object_mb=0.3)
    taken: list[Any] = []
    receiver = Receiver(settings, AE("SONOMICS"), lambda event: taken.append(event) or 0)
    line, part, association = begin_to_store(TITLE, settings.store_port)
    try:
        with suppress(OSError):
            for _ in range(100_000):
                line.sendall(part)
                time.sleep(pause_s)
            return "HANG"
        return "WRONG" if taken else "hung up on, nothing kept"
    finally:
        association.abort()
        line.close()
        receiver.close()


def of_another_patient(server: Any) -> None:
    server.datasets[1].PatientID = STRANGER


def without_a_patient(server: Any) -> None:
    server.datasets[1].PatientID = ""


def of_another_series(server: Any) -> None:
    if hasattr(server, "fault"):
        whole = server.content(server.datasets[1])
        moved = deepcopy(server.datasets[1])
        moved.SeriesInstanceUID = "1.2.99"
        server.content = lambda dataset, plain=server.content: (
            plain(moved) if plain(dataset) == whole else plain(dataset)
        )


def add_stray(server: Any) -> None:
    """Send an object that was not asked for, of the name of one that comes."""
    stray = deepcopy(server.datasets[0])
    stray.PatientID = STRANGER
    server.stray = stray


def list_by_series(server: Any) -> None:
    server.by_series = True


def ignore_offset(server: Any) -> None:
    server.page = None


def warn(server: Any) -> None:
    server.warning = '299 pacs "There are additional results that can be requested"'


def fail(server: Any) -> None:
    server.fault = lambda path: 500 if len(path.strip("/").split("/")) % 2 == 0 else None


def cut_association(server: Any) -> None:
    server.aborts = [1] * 50


def end_with_failure(server: Any) -> None:
    server.statuses = [0xA702] * 50


def list_exports() -> Iterator[tuple[str, str, Callable[[], Fate]]]:
    """List servers that misbehave in a whole query and export: protocol, what they do, and how to try it."""
    nothing: Callable[[Any], None] = lambda server: None  # noqa: E731
    web_before = {"one exam on many rows": list_by_series, "the offset ignored": ignore_offset, "Warning 299": warn}
    for name, before in web_before.items():
        yield "QIDO", name, lambda before=before: export("dicomweb", nothing, before)  # type: ignore[misc]
    web_after = {
        "an object of another patient": of_another_patient, "an object without a patient": without_a_patient,
        "an object of another series": of_another_series, "HTTP 500 for every object": fail,
    }  # fmt: skip
    for name, change in web_after.items():
        yield "WADO", name, lambda change=change: export("dicomweb", change)  # type: ignore[misc]
    dimse = {
        "an object of another patient": of_another_patient, "an object without a patient": without_a_patient,
        "a forged object of an asked UID first": add_stray, "associations cut after one object": cut_association,
        "failure 0xA702 for every request": end_with_failure,
    }  # fmt: skip
    for way, protocol in (("get", "C-GET"), ("move", "C-MOVE")):
        for name, change in dimse.items():
            yield protocol, name, lambda way=way, change=change: export(way, change)  # type: ignore[misc]


def attempt(action: Callable[[], Fate]) -> tuple[Fate, float]:
    """Try a server; return its fate and how long it took."""
    start = time.monotonic()
    try:
        fate = action()
    except Exception as error:  # this is what may not happen
        fate = f"TRACEBACK {type(error).__name__}"
    seconds = time.monotonic() - start
    return (fate if seconds < HANG_S else "HANG"), seconds


def try_all(mutants: int) -> str:
    """Try all servers and put their fates in tables."""
    named = [
        *(("QIDO", name, lambda answer=answer: serve_list(answer)) for name, answer in LISTS.items()),
        *(("WADO", name, lambda answer=answer: serve_object(answer)) for name, answer in OBJECTS.items()),
        *list_exports(),
        ("C-STORE", "an object without end", lambda: store(0.0)),
        ("C-STORE", "an object that drips", lambda: store(0.2)),
    ]
    fates: list[Fate] = []
    longest = 0.0
    lines = ["| protocol | what the server does | fate | s |", "|---|---|---|---|"]
    for protocol, name, action in named:
        fate, seconds = attempt(action)
        fates.append(fate)
        longest = max(longest, seconds)
        lines.append(f"| {protocol} | {name} | {fate} | {seconds:.1f} |")
    lines += ["", "| answers changed at random | fate | answers |", "|---|---|---|"]
    for name, judge in (
        ("QIDO: a list of exams", mutate_list),
        ("WADO: the objects of an exam", mutate_objects),
        ("C-FIND: random bytes", mutate_message),
    ):
        counted: Counter[str] = Counter()
        for seed in range(mutants if judge is not mutate_message else mutants // 5):  # which takes a deadline each
            fate, seconds = attempt(lambda judge=judge, seed=seed: judge(seed))  # type: ignore[misc]
            counted[fate] += 1
            longest = max(longest, seconds)
        fates += counted.elements()
        lines += [f"| {name} | {fate} | {count:,} |" for fate, count in sorted(counted.items())]
    bad = sum(fate.split(" ")[0].isupper() for fate in fates)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    head = (
        f"**Servers**: {len(fates):,} answers tried; {bad} tracebacks, hangs or wrong objects; the longest took\n"
        f"{longest:.0f} s (deadline: 2 or 5 s); peak memory {peak:.0f} MB, servers and imports included.\n"
    )
    return "\n".join([head, *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=300, help="number of changed answers of each kind")
    parser.add_argument("--write", action="store_true", help="write the section of docs/reliability.md")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    text = try_all(args.mutants)
    print(text)
    if args.write:
        write_section("servers", text)


if __name__ == "__main__":
    main()
