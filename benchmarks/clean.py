"""What cleaning costs: images a second on one core, and its peak memory for a short and a long chunk.

Run from the repository: `uv run python benchmarks/clean.py [--images 100 2000]`. It makes chunks of simulated stills
and clips as DICOM files, cleans each in a process of its own, and compares the peaks. It also times long clips: the
memory of one clip must not grow with its frames.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
VIEWS = {
    "grey": {"from": "still"},
    "arterial": {"from": "clip", "window_s": [0, 30], "pick": "peak"},
    "portal": {"from": "clip", "window_s": [30, 120], "pick": "mean"},
}
ROWS, COLUMNS, DISTINCT, STILLS = 480, 640, 8, 4


def pictures() -> np.ndarray:
    """Draw a few frames of speckle in a sector."""
    import cv2

    rng = np.random.default_rng(0)
    rows, columns = np.indices((ROWS, COLUMNS))
    depth, across = rows - 20, columns - COLUMNS / 2
    sector = (np.hypot(depth, across) < 430) & (np.abs(across) < 0.65 * depth)
    noise = rng.normal(size=(DISTINCT, 2, ROWS, COLUMNS)).astype(np.float32)
    echoes = np.stack([np.hypot(*(cv2.GaussianBlur(part, (0, 0), 1.5) for part in pair)) for pair in noise])
    levels = 90 + 50 * np.log10(echoes / echoes.mean() + 0.05)
    return np.where(sector, np.clip(levels, 8, 250), 0).astype(np.uint8)


def export(count: int, frames: int, chunk: Path) -> None:
    """Write a chunk of `count` files, a clip of `frames` frames after every fourth still."""
    from pydicom.uid import ExplicitVRLittleEndian

    from sonomics.core import schemas
    from sonomics.core.tables import write_table
    from sonomics.simulate.scanner.dicom import us_dataset

    drawn = pictures()
    chunk.mkdir(parents=True)
    rows = []
    for number in range(count):
        stem = f"P{number:05d}-e1-i1"
        is_clip = frames > 1 and number % (STILLS + 1) == STILLS
        pixels = np.resize(drawn, (frames, ROWS, COLUMNS)) if is_clip else drawn[number % DISTINCT][None]
        times_s = np.linspace(0, 100, frames) if is_clip else None
        made = us_dataset(
            stem, np.roll(pixels, number, axis=2), description="benchmark", model="SIM",
            bounds=(0, 0, ROWS - 1, COLUMNS - 1), mm_per_pixel=0.3, times_s=times_s,
        )  # fmt: skip
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.save_as(chunk / f"{stem}.dcm", enforce_file_format=True)
        rows.append(
            {
                "patient": stem[:6], "case": stem[:6], "exam": "e1", "instance": "i1", "stem": stem,
                "file": str(chunk / f"{stem}.dcm"), "view": "", "device": "SIM", "centre": "c", "spacing_mm": np.nan,
                "frames": len(pixels), "rows": ROWS, "columns": COLUMNS, "bytes": 1, "sha256": "", "reason": "",
            }
        )  # fmt: skip
    write_table(pd.DataFrame(rows), chunk / "manifest.parquet", schemas.MANIFEST)


def peak_mb() -> float:
    """Read this program's own peak memory; getrusage would count that of the one that started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) / 1e3 for row in status if row.startswith("VmHWM"))


def clean(chunk: Path, out: Path, overlays: str) -> None:
    """Clean a chunk in this process; print seconds of the processor, images and peak memory in MB."""
    from sonomics.clean import clean_chunk

    start = time.process_time()
    clean_chunk.main(
        [
            *("--settings", json.dumps({"clean": {"views": VIEWS, "overlays": overlays}}), "--exams", str(chunk)),
            *("--frames", str(out / "frames"), "--images", str(out / "images.parquet")),
            *("--curves", str(out / "curves.parquet")),
        ]
    )
    seconds = time.process_time() - start
    images = int(pd.read_parquet(out / "images.parquet")["keep"].sum())
    print(json.dumps([seconds, images, peak_mb()]))


def measure(chunk: Path, overlays: str) -> tuple[float, int, float]:
    """Clean a chunk in a process of its own; return seconds of the processor, images and peak memory in MB."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, __file__, "--clean", str(chunk), "--out", out, "--overlays", overlays]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "workflow/lib")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds, images, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, images, peak


def line(what: str, rate: float, unit: str, peak: float) -> str:
    """Write a line of the result."""
    return f"{what:28s} {rate:7.1f} {unit}/s a core  {peak:6.0f} MB at most"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs=2, default=[100, 2000], help="files of the two chunks")
    parser.add_argument("--frames", type=int, nargs=2, default=[20, 400], help="frames of the two clips")
    parser.add_argument("--overlays", nargs="+", default=["keep", "remove"], help="what is done with overlays")
    parser.add_argument("--clean", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.clean:
        clean(args.clean, args.out, args.overlays[0])
        return
    sys.path.insert(0, str(ROOT / "workflow/lib"))
    with tempfile.TemporaryDirectory() as folder:
        for count in args.images:
            export(count, 10, Path(folder, str(count)))
        for overlays in args.overlays:
            peaks = []
            for count in args.images:
                seconds, images, peak = measure(Path(folder, str(count)), overlays)
                print(line(f"{count} files, overlays {overlays}", images / seconds, "images", peak), flush=True)
                peaks.append(peak)
            print(f"memory, {args.images[1]} files against {args.images[0]}: {peaks[1] / peaks[0]:.2f} times")
        peaks = []
        for frames in args.frames:
            export(STILLS + 1, frames, Path(folder, f"clip{frames}"))
            seconds, _, peak = measure(Path(folder, f"clip{frames}"), "keep")
            print(line(f"clip of {frames} frames", frames / seconds, "frames", peak), flush=True)
            peaks.append(peak)
        print(f"memory, {args.frames[1]} frames against {args.frames[0]}: {peaks[1] / peaks[0]:.2f} times")


if __name__ == "__main__":
    main()
