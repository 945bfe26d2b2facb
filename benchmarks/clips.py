"""How much memory export and clean take for clips of growing length: one clip in one process each.

Run from the repository: `uv run python benchmarks/clips.py [--frames 50 200 800] [--rows 480] [--columns 640]`. Clips
are colour, raw, JPEG and deflated, in a temporary folder; the peak is `VmHWM` of the process that works on one of them,
beside that of a process which only imports the code. Linux only.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, JPEGBaseline8Bit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]

from benchmarks.reliability import write_section  # noqa: E402
from sonomics.clean.images.instance import clean_instance  # noqa: E402
from sonomics.core.settings.clean import Clean  # noqa: E402
from sonomics.core.settings.export import Export  # noqa: E402
from sonomics.export.deidentify.chunk import write_chunk  # noqa: E402
from sonomics.export.deidentify.dataset import Identity  # noqa: E402
from sonomics.export.deidentify.pseudonyms import Pseudonyms  # noqa: E402
from sonomics.simulate.scanner.dicom import us_dataset  # noqa: E402

FORMS = ("raw", "jpeg", "deflated")
MOVING = 16  # frames that differ; a clip repeats them
VIEWS = {"still": {"from": "still"}, "arterial": {"from": "clip", "window_s": [0, 10], "pick": "peak"}}


def write_clip(path: Path, form: str, count: int, rows: int, columns: int) -> None:
    """Write a colour clip of smooth speckle."""
    generator = np.random.default_rng(0)
    grey = generator.rayleigh(40, (MOVING, rows // 4, columns // 4)).clip(0, 255).astype(np.uint8)
    large = [np.asarray(Image.fromarray(frame).resize((columns, rows), Image.Resampling.BICUBIC)) for frame in grey]
    frames = np.stack([np.repeat(large[number % MOVING][..., None], 3, axis=2) for number in range(count)])
    clip = us_dataset(
        "P1-e1-i1", frames, description="clip", model="SIM-A1", bounds=(0, 0, rows - 1, columns - 1), mm_per_pixel=0.3,
        times_s=np.arange(count) / 20,
    )  # fmt: skip
    clip.file_meta.TransferSyntaxUID = {
        "raw": ExplicitVRLittleEndian, "jpeg": JPEGBaseline8Bit, "deflated": DeflatedExplicitVRLittleEndian,
    }[form]  # fmt: skip
    if form == "jpeg":
        clip.PhotometricInterpretation = "YBR_FULL_422"
        clip.PixelData = encapsulate([encode(frame) for frame in frames])
        clip["PixelData"].is_undefined_length = True
    clip.save_as(path, enforce_file_format=True)


def encode(frame: np.ndarray) -> bytes:
    content = BytesIO()
    Image.fromarray(frame).save(content, format="JPEG", quality=90)
    return content.getvalue()


def export_clip(path: Path, out: Path) -> None:
    """De-identify one clip, as the job of a chunk does."""
    with write_chunk(out, Export.partial({"source": "folder"})) as chunk:
        chunk.pseudonyms = Pseudonyms(b"benchmark" * 4)
        chunk.release(path, Identity("HOSP7", "P1", "e1", "i1"), "P1", "here")
    assert not chunk.rows[0]["reason"], chunk.rows


def clean_clip(path: Path, out: Path) -> None:
    """Clean one clip."""
    entry = {
        "patient": "P1", "case": "P1", "exam": "e1", "instance": "i1", "stem": "P1-e1-i1", "file": str(path),
        "view": "", "device": "", "centre": "here", "spacing_mm": math.nan, "rows": 0, "columns": 0, "reason": "",
    }  # fmt: skip
    cleaned = clean_instance(entry, Clean.partial({"views": VIEWS, "overlays": "keep", "injection": {"from": "start"}}))
    assert any(row["keep"] for row, _ in cleaned.images), cleaned.images


def do_nothing(path: Path, out: Path) -> None:
    """Import the code alone."""


JOBS: dict[str, Callable[[Path, Path], None]] = {"nothing": do_nothing, "export": export_clip, "clean": clean_clip}


def measure(job: str, path: Path, out: Path) -> float:
    """Return the peak memory in MB of a process that does one job."""
    done = subprocess.run(
        [sys.executable, __file__, "--job", job, str(path), str(out)], check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1]) / 1e3


def work(job: str, path: Path, out: Path) -> None:
    JOBS[job](path, out)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, nargs="+", default=[50, 200, 800])
    parser.add_argument("--rows", type=int, default=480)
    parser.add_argument("--columns", type=int, default=640)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    parser.add_argument("--job", nargs=3)
    args = parser.parse_args()
    if args.job:
        work(args.job[0], Path(args.job[1]), Path(args.job[2]))
        return
    lines = [
        "| form | frames | decoded, MB | imports alone, MB | export, MB | clean, MB |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for form in args.forms:
            for count in args.frames:
                path = Path(folder, "clip.dcm")
                write_clip(path, form, count, args.rows, args.columns)
                peaks = [measure(job, path, Path(folder, "out")) for job in JOBS]
                decoded = count * args.rows * args.columns * 3 / 1e6
                lines.append(
                    f"| {form} | {count} | {decoded:.0f} | " + " | ".join(f"{peak:.0f}" for peak in peaks) + " |"
                )
                print(lines[-1], flush=True)
    if args.write:
        size = f"Colour clips of {args.rows} x {args.columns} pixels; peak memory of the process, imports included."
        write_section("clips", "\n".join([size, "", *lines]))


if __name__ == "__main__":
    main()
