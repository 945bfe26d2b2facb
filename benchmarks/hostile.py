"""What becomes of hostile files: each goes the way of a real one, and every one has a fate in a table.

Run from the repository: `uv run python benchmarks/hostile.py [--dicom 20000] [--outlines 2000]`. A DICOM object is
indexed as `sonomics query` does, exported as the job of a chunk does, and what is exported is cleaned; an outlines file
is found and drawn as by the crop. They run in a process that may be lost: a crash, and a file that takes longer than
`--seconds`, are fates too. It writes benchmarks/hostile_files.csv.gz (a row per file) and its section of
docs/reliability.md. Linux only.
"""

import argparse
import csv
import gzip
import io
import logging
import os
import selectors
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]

from benchmarks.mutants import COLUMNS, NAME, ROWS, STEM, mutate_dicom, mutate_outline  # noqa: E402
from benchmarks.reliability import write_section  # noqa: E402
from sonomics.clean.images.instance import clean_instance  # noqa: E402
from sonomics.core.errors import StudyError  # noqa: E402
from sonomics.core.settings.clean import Clean  # noqa: E402
from sonomics.core.settings.crop import Crop  # noqa: E402
from sonomics.core.settings.export import Export, Limits  # noqa: E402
from sonomics.crop.outlines.folders import find_outlines  # noqa: E402
from sonomics.crop.outlines.readings import draw_readings  # noqa: E402
from sonomics.crop.outlines.refusals import RefusedError  # noqa: E402
from sonomics.export.deidentify.chunk import Chunk  # noqa: E402
from sonomics.export.deidentify.dataset import Identity  # noqa: E402
from sonomics.export.deidentify.profile import Profile  # noqa: E402
from sonomics.export.deidentify.pseudonyms import Pseudonyms  # noqa: E402
from sonomics.export.files.header_index import read_headers  # noqa: E402
from sonomics.imaging.burned_in_text.finders import find_by_strokes  # noqa: E402

TABLE = ROOT / "benchmarks" / "hostile_files.csv.gz"
COLUMNS_OF_TABLE = ("kind", "seed", "base", "mutation", "fate", "reason")
EXPORT = Export.partial({"source": "folder"})
LIMITS = Limits.partial({})
VIEWS = {"grey": {"from": "still"}, "early": {"from": "clip", "window_s": [0, 30], "pick": "peak"}}
CLEAN = Clean.partial({"views": VIEWS, "overlays": "keep", "injection": {"from": "start"}})
CROP = Crop.partial(
    {"region": "lesion", "margin": 0.1, "min_pixels": 10, "analysis": {"reader": "reader_1", "session": "1"}}
)
DICOM, OUTLINE = "dicom", "outline"
Fate = tuple[str, str]


def judge_dicom(content: bytes, folder: Path) -> Fate:
    """Send a DICOM file through index, export and clean; return its fate and the reason."""
    source = folder / "source"
    source.mkdir()
    file = source / "IM1"
    file.write_bytes(content)
    (indexed,) = read_headers(source, LIMITS)
    chunk = Chunk(folder / "out", folder / "out", Profile.of(EXPORT.deidentify), LIMITS, find_by_strokes)
    chunk.folder.mkdir()
    chunk.pseudonyms = Pseudonyms(b"benchmark" * 4)
    chunk.release(file, Identity("HOSP7", "P1", "e1", "i1"), "P1", "here")
    (row,) = chunk.rows
    if row["reason"]:
        return "set aside by the export", f"{indexed.reason or 'indexed'}; {row['reason']}"
    if NAME.encode() in Path(row["file"]).read_bytes():
        return "LEAK", "the planted name is in the copy"
    cleaned = clean_instance({**row, "patient": "P1", "case": "P1", "exam": "e1", "instance": "i1"}, CLEAN)
    kept = sum(bool(made["keep"]) for made, _ in cleaned.images)
    reasons = sorted({made["reason"] for made, _ in cleaned.images} - {""})
    return ("kept", "") if kept else ("exported, set aside by clean", ", ".join(reasons))


def judge_outline(name: str, content: bytes, folder: Path) -> Fate:
    """Find and draw a file of outlines; return its fate and the reason."""
    session = folder / "reader_1" / "1"
    session.mkdir(parents=True)
    (session / name).write_bytes(content)
    frame = {
        "image": f"{STEM}-f0", "file": "x.png", "rows": ROWS, "columns": COLUMNS, "exported_rows": ROWS, "frame": 0,
        "exported_columns": COLUMNS, "offset_row": 0, "offset_column": 0,
    }  # fmt: skip
    try:
        outlines = find_outlines([folder])
    except StudyError as error:
        return "stopped by name", error.rule
    if aside := {each.refusal for by_stem in outlines.values() for each in by_stem.values()} - {""}:
        return "whole file set aside", ", ".join(sorted(aside))
    (drawn,) = [mask for _, _, mask in draw_readings(frame, outlines, CROP, 1)]
    return ("set aside by the crop", drawn.code) if isinstance(drawn, RefusedError) else ("drawn", "")


def judge(kind: str, seed: int) -> tuple[str, str, str, str]:
    """Make the hostile file of a seed, and return its base, mutation, fate and reason."""
    base, mutation, content = mutate_dicom(seed) if kind == DICOM else mutate_outline(seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            fate = judge_dicom(content, Path(folder)) if kind == DICOM else judge_outline(base, content, Path(folder))
        except Exception as error:  # this is what may not happen
            fate = "TRACEBACK", type(error).__name__
    return base, mutation, *fate


def work(kind: str, first: int, last: int) -> None:
    """Judge some files, a line each, and tell the peak of memory."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w", buffering=1)
    with open(os.devnull, "w") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    writer = csv.writer(out, lineterminator="\n")
    for seed in range(first, last):
        writer.writerow([kind, seed, *judge(kind, seed)])
    writer.writerow(["peak", peak_kb()])


def peak_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def run(kind: str, first: int, last: int, seconds: float, peaks: list[int]) -> Iterator[list[str]]:
    """Judge files in a process; go on behind a file that takes it down or holds it up."""
    while first < last:
        command = [sys.executable, __file__, "--work", kind, str(first), str(last)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as worker:
            assert worker.stdout is not None
            lines = selectors.DefaultSelector()
            lines.register(worker.stdout, selectors.EVENT_READ)
            fate = "CRASH"
            while True:
                started = time.monotonic()
                if not lines.select(seconds):
                    fate = "HANG"
                    break
                row = next(csv.reader([worker.stdout.readline()]), None)
                if not row:
                    break
                if row[0] == "peak":
                    peaks.append(int(row[1]))
                    first = last
                    break
                yield row
                first = int(row[1]) + 1
            worker.kill()
        if first < last:
            yield [kind, str(first), "", "", fate, f"after {time.monotonic() - started:.0f} s"]
            first += 1


def summarise(rows: list[list[str]], seconds: dict[str, float], peaks: dict[str, list[int]]) -> str:
    """Put the counts of fates and reasons in tables."""
    lines = []
    for kind, title in ((DICOM, "DICOM files, header and pixels"), (OUTLINE, "Outline files of all formats")):
        own = [row for row in rows if row[0] == kind]
        if not own:
            continue
        bad = sum(row[4].isupper() for row in own)
        peak = max(peaks[kind], default=0) / 1e3
        lines += [
            f"**{title}**: {len(own):,} made and tried in {seconds[kind] / 60:.0f} minutes; {bad} tracebacks, crashes,",
            f"hangs or leaks; peak memory {peak:.0f} MB, imports included.",
            "", "| fate | reason | files |", "|---|---|---|",
        ]  # fmt: skip
        counts = Counter((row[4], row[5]) for row in own)
        lines += [f"| {fate} | {reason or '-'} | {count:,} |" for (fate, reason), count in sorted(counts.items())]
        lines.append("")
    lines.append("Every file is a row of `benchmarks/hostile_files.csv.gz`: its seed makes it again.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dicom", type=int, default=20_000, help="number of DICOM files")
    parser.add_argument("--outlines", type=int, default=2_000, help="number of outlines files")
    parser.add_argument("--seconds", type=float, default=120, help="that one file may take")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--work", nargs=3)
    args = parser.parse_args()
    if args.work:
        work(args.work[0], int(args.work[1]), int(args.work[2]))
        return
    rows: list[list[str]] = []
    seconds: dict[str, float] = {}
    peaks: dict[str, list[int]] = {DICOM: [], OUTLINE: []}
    for kind, count in ((OUTLINE, args.outlines), (DICOM, args.dicom)):
        start = time.monotonic()
        edges = [count * part // args.processes for part in range(args.processes + 1)]
        with ThreadPoolExecutor(args.processes) as pool:
            parts = [
                pool.submit(lambda *where: list(run(*where)), kind, first, last, args.seconds, peaks[kind])
                for first, last in pairwise(edges)
            ]
        rows += [row for part in parts for row in part.result()]
        seconds[kind] = time.monotonic() - start
    with gzip.GzipFile(args.table, "wb", mtime=0) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([COLUMNS_OF_TABLE, *rows])
    text = summarise(rows, seconds, peaks)
    print(text)
    if args.table == TABLE:
        write_section("files", text)


if __name__ == "__main__":
    main()
