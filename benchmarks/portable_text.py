"""Find text here and on an emulated processor, and compare every byte.

Run from the repository: `PYTHONPATH=. uv run python benchmarks/portable_text.py --cpu Haswell`. Words of several kinds
are burned into tissue (real, where `SONOMICS_REALDATA` names it); the scores of the network and the text found by every
finder must be equal. The emulator is `qemu-x86_64` (Debian: qemu-user, from version 10 on).
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import itertools
import subprocess
import sys
from hashlib import sha256

from benchmarks.burned_in_text import CONTRASTS, TISSUE, burn, draw_ground, draw_word
from sonomics.core.seeds import generator
from sonomics.imaging.burned_in_text import network
from sonomics.imaging.burned_in_text.finders import FINDERS

KINDS = [(8, 0, "full", 0), (10, 45, "medium", 0), (14, 90, "faint", 0), (10, 0, "full", 20)]


def describe(frames: int) -> list[str]:
    """Give one line per frame: its digest, those of the network's scores, and that of the text of each finder."""
    lines = []
    for number, (height, angle, contrast, spacing) in zip(range(frames), itertools.cycle(KINDS), strict=False):
        random = generator("portable", number)
        ink = draw_word(height, angle, spacing, random)
        frame, _ = burn(draw_ground(TISSUE, *ink.shape, random), ink, CONTRASTS[contrast], random)
        found = [find(frame) for find in FINDERS.values()]
        scores = [network.score_view(frame, view)[0] for view in network.VIEWS]
        lines.append(" ".join(sha256(array.tobytes()).hexdigest()[:12] for array in (frame, *scores, *found)))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", default="Haswell", help="processor, as `qemu-x86_64 -cpu help` lists them")
    parser.add_argument("--emulator", default="qemu-x86_64")
    parser.add_argument("--frames", type=int, default=len(KINDS))
    parser.add_argument("--here", action="store_true", help="print the digests of this processor alone")
    args = parser.parse_args()
    here = describe(args.frames)
    if args.here:
        print(*here, sep="\n")
        return
    command = [args.emulator, "-cpu", args.cpu, sys.executable, __file__, "--here", "--frames", str(args.frames)]
    there = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    print(*(f"{line} {'equal' if line == other else other}" for line, other in zip(here, there, strict=True)), sep="\n")
    raise SystemExit(here != there)


if __name__ == "__main__":
    main()
