"""How well drawn marks are found and removed: recall, precision, how far texture features move, and the time.

Run from the repository: `uv run python benchmarks/overlays.py [--places 3] [--real FOLDER]`. Marks of known places are
pasted into simulated stills and, with `--real` (the folder that holds `busi-qc`), into breast images without marks.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.clean.overlays.remove import find_overlays, remove_overlays
from sonomics.core.images import read_grey
from sonomics.core.seeds import generator
from sonomics.extract.proof.reference import compute_reference
from sonomics.kinds.radiomics import Filters
from sonomics.simulate.exams.liver import PLAIN
from sonomics.simulate.exams.scenes import draw_still
from sonomics.simulate.scanner.devices import DEVICES
from sonomics.simulate.scanner.geometry import bounds
from sonomics.simulate.scanner.marks import KINDS, paste

ORIGINAL = Filters.partial({"original": {}})
CLASSES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
RADIUS = 40
NEAR = 3
LIT = 20


def simulated(count: int) -> list[NDArray[np.uint8]]:
    """Draw stills without any mark, cut to their scan region."""
    pictures = []
    for number in range(count):
        device = list(DEVICES.values())[number % len(DEVICES)]
        picture, _ = draw_still(device, PLAIN, (number, "overlays"))
        top, left, bottom, right = bounds(device.still, device.still_placement())
        pictures.append(np.rint(picture[top : bottom + 1, left : right + 1]).astype(np.uint8))
    return pictures


def unmarked(folder: Path) -> list[NDArray[np.uint8]]:
    """Read the normal breasts of BUSI that bear no mark."""
    return [read_grey(path) for path in sorted((folder / "busi-qc/normal").glob("*.png")) if "mask" not in path.name]


def trial(picture: NDArray[np.uint8], kind: str, seed: tuple[object, ...]) -> dict[str, object]:
    """Paste one mark where the picture is not black, find it, remove it, and compare.

    Returns
    -------
    dict
        `kind`; `recall` of the mark's pixels, `precision` (share of the pixels found, beyond those found in the bare
        picture, that lie within `NEAR` pixels of it); `found` (half of it or more); `marked` and `cleaned`: median
        relative change of the features of a disc round it against the bare picture; `seconds` for 600 x 800 pixels.
    """
    random = generator(*seed, kind)
    rows, columns = np.nonzero(picture[RADIUS:-RADIUS, RADIUS:-RADIUS] > LIT)
    place = random.integers(len(rows))
    at = (int(rows[place]) + RADIUS, int(columns[place]) + RADIUS)
    bare = np.repeat(picture[..., None], 3, axis=2)
    drawn, mark = paste(bare, kind, at, random)
    start = time.process_time()
    cleaned, found = remove_overlays(drawn)
    seconds = (time.process_time() - start) * 600 * 800 / picture.size
    near = cv2.dilate(mark.pixels.astype(np.uint8), np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)) > 0
    new = found & ~find_overlays(bare)
    recall = found[mark.pixels].mean()
    disc = np.hypot(*(axis - middle for axis, middle in zip(np.indices(picture.shape), at, strict=True))) <= RADIUS
    return {
        "kind": kind,
        "recall": recall,
        "found": recall >= 0.5,
        "precision": (new & near).sum() / new.sum() if new.any() else np.nan,
        "marked": moved(bare, drawn, disc),
        "cleaned": moved(bare, cleaned, disc),
        "seconds": seconds,
    }


def moved(before: NDArray[np.uint8], after: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Return the median relative change of a region's features."""
    one, other = (
        np.array(list(compute_reference(grey(picture), mask, CLASSES, ORIGINAL, {"binCount": 32}).values()))
        for picture in (before, after)
    )
    defined = np.isfinite(one) & np.isfinite(other) & (one != 0)
    return float(np.median(np.abs(other - one)[defined] / np.abs(one)[defined]))


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def by_kind(pictures: list[NDArray[np.uint8]], places: int) -> pd.DataFrame:
    """Average trials by kind of mark."""
    trials = [
        trial(picture, kind, (number, place))
        for kind in KINDS
        for number, picture in enumerate(pictures)
        for place in range(places)
    ]
    return pd.DataFrame(trials).groupby("kind", sort=False).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=3, help="marks of a kind in each picture")
    parser.add_argument("--real", type=Path, help="folder that holds busi-qc")
    args = parser.parse_args()
    grounds = {"simulated": simulated(6)} | ({"real, unmarked": unmarked(args.real)} if args.real else {})
    for name, pictures in grounds.items():
        changed = np.mean([find_overlays(picture).mean() for picture in pictures])
        print(f"{name}: {len(pictures)} pictures; found where there is no mark: {changed:.4%} of the pixels")
        print(by_kind(pictures, args.places).to_string(float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
