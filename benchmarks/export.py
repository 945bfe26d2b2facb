"""How fast exams come out of Orthanc: by sonomics, against the plain loop of requests that users would write.

Run from the repository: `uv run python benchmarks/export.py [--exams 20] [--images 20] [--rounds 3]`. It needs Debian's
`orthanc` and `orthanc-dicomweb`, runs its own server on loopback ports and works in a temporary folder. All ways list
the studies, fetch every instance of the same store and write it to disk; rounds alternate, so that the ratios hold on a
busy machine.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import requests
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow/lib")]

from sonomics.export.deidentify.pseudonyms import Pseudonyms  # noqa: E402
from sonomics.export.pacs.dicomweb import DicomWeb  # noqa: E402
from sonomics.export.pacs.dimse import Dimse  # noqa: E402
from sonomics.export.pacs.protocol import Criteria, Pacs  # noqa: E402
from sonomics.export.pacs.retrieve import Exam, receive_exams  # noqa: E402
from sonomics.kinds.pacs import Server  # noqa: E402
from sonomics.kinds.sources.dicomweb import DicomWeb as DicomWebSettings  # noqa: E402
from sonomics.kinds.sources.dimse import Dimse as DimseSettings  # noqa: E402
from tests.export.orthanc import AE_TITLE, OUR_AE_TITLE, PASSWORD, USER, Orthanc, orthanc, with_identity  # noqa: E402

PSEUDONYMS = Pseudonyms(b"benchmark" * 4)
ROWS, COLUMNS = 480, 640


def stills(exams: int, images: int) -> Iterator[object]:
    """Make stills of noise, 300 kB each."""
    generator = np.random.default_rng(0)
    for exam in range(exams):
        for image in range(1, images + 1):
            frames = generator.integers(0, 256, (1, ROWS, COLUMNS), dtype=np.uint8)
            yield with_identity(
                SimpleNamespace(
                    stem=f"H{exam}-e1-i{image}", frames=frames, description="grey-scale", device="SIM-A1",
                    bounds=(0, 0, ROWS - 1, COLUMNS - 1), mm_per_pixel=0.3, times_s=None,
                ),
                f"H{exam}", "20200101",
            )  # fmt: skip


def plain_loop(server: Orthanc, folder: Path) -> int:
    """List, then get one instance after the other, look at it and write it."""
    folder.mkdir()
    count, auth = 0, (USER, PASSWORD)
    for study in requests.get(f"{server.url}/studies", auth=auth, timeout=60).json():
        uid = study["0020000D"]["Value"][0]
        listed = requests.get(f"{server.url}/studies/{uid}/instances", auth=auth, timeout=60).json()
        for instance in listed:
            series, sop = (instance[tag]["Value"][0] for tag in ("0020000E", "00080018"))
            url = f"{server.url}/studies/{uid}/series/{series}/instances/{sop}"
            kind = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
            answer = requests.get(url, auth=auth, headers=kind, timeout=60)
            content = answer.content.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
            dcmread(DicomBytesIO(content), stop_before_pixels=True)
            (folder / f"{sop}.dcm").write_bytes(content)
            count += 1
    return count


def by_sonomics(connect: Callable[[Any], Pacs], settings: Server, folder: Path) -> int:
    """List and receive as the job of the source does."""
    pacs = connect(settings)
    found = pacs.find_studies(Criteria())
    pacs.close()
    exams = [Exam(s.patient_id, s.patient_id, "e1", "north", s.patient_id, s.uid) for s in found]
    received = receive_exams(exams, "dicomweb", connect, settings, PSEUDONYMS, 0, folder)
    return sum(exam.store.files for exam in received.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", type=int, default=20)
    parser.add_argument("--images", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ |= {"SONOMICS_PACS_USER": USER, "SONOMICS_PACS_PASSWORD": PASSWORD}
    total = args.exams * args.images
    with tempfile.TemporaryDirectory() as temporary, orthanc(Path(temporary)) as server:
        folder = Path(temporary)
        server.load(stills(args.exams, args.images))
        web = DicomWebSettings.partial({"url": server.url, "parallel": 2})
        dimse = {
            "host": "127.0.0.1", "port": server.dicom, "ae_title": OUR_AE_TITLE, "called_ae_title": AE_TITLE,
            "parallel": 2, "store_port": server.store_port, "store_host": "127.0.0.1",
        }  # fmt: skip
        ways: dict[str, Callable[[Path], int]] = {
            "plain loop of requests": lambda to: plain_loop(server, to),
            "DICOMweb": lambda to: by_sonomics(DicomWeb, web, to),
            "DIMSE, C-GET": lambda to: by_sonomics(Dimse, DimseSettings.partial({**dimse, "retrieve": "get"}), to),
            "DIMSE, C-MOVE": lambda to: by_sonomics(Dimse, DimseSettings.partial({**dimse, "retrieve": "move"}), to),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(args.rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                count = way(folder / f"{number} {name}")
                rates[name].append(total / (time.perf_counter() - start))
                assert count == total, f"{name}: {count} of {total}"
    plain = rates["plain loop of requests"]
    print(f"{total} images of {ROWS} x {COLUMNS}, {args.exams} exams, {args.rounds} rounds: median (lowest - highest)")
    for name, rate in rates.items():
        ratio = np.median([one / other for one, other in zip(rate, plain, strict=True)])
        spread = f"({min(rate):.0f} - {max(rate):.0f})"
        print(f"{name:<24} {np.median(rate):6.0f} images/s {spread:<14} {ratio:5.1f} x the plain loop")


if __name__ == "__main__":
    main()
