"""How fast texture is computed: our engine, PyRadiomics, and others from their own environments, on the same regions.

Run from the repository: `uv run python benchmarks/texture.py [--pictologics PYTHON] [--nyxus PYTHON]`, each PYTHON the
interpreter of an environment in which that package is installed. Every contestant gets the same regions, one thread a
process and `--processes` processes at a time; its first region (compilation, imports) is not counted. Ratios are of the
processor time of the quickest region, which other work on the machine changes least; regions a second are of wall time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

BINS = 32
CLASSES = ["firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]
FILTERS = {"original": {}, "wavelet": {}, "log": {"sigma": [1, 2, 3]}}
ORIGINAL = {"original": {}}
# Number of values, from the pixels (rows, columns) and the region in them.
Compute = Callable[[np.ndarray, np.ndarray], int]


def ours(classes: list[str], filters: dict[str, dict]) -> Compute:
    from sonomics.kinds.radiomics import Filters
    from sonomics.texture.region import compute_features

    return lambda pixels, mask: len(compute_features(pixels, mask, classes, Filters.partial(filters), BINS))


def pyradiomics(classes: list[str], filters: dict[str, dict]) -> Compute:
    from sonomics.extract.proof.reference import compute_reference
    from sonomics.kinds.radiomics import Filters

    return lambda pixels, mask: len(
        compute_reference(pixels, mask, classes, Filters.partial(filters), {"binCount": BINS})
    )


def pictologics() -> Compute:
    from pictologics.features.intensity import calculate_intensity_features, calculate_intensity_histogram_features
    from pictologics.features.texture import calculate_all_texture_features
    from pictologics.preprocessing import discretise_image

    families = ["glcm", "glrlm", "glszm", "ngtdm", "ngldm"]

    def compute(pixels: np.ndarray, mask: np.ndarray) -> int:
        volume, region = pixels[..., np.newaxis], mask[..., np.newaxis].astype(np.uint8)
        levels = discretise_image(volume, "FBN", roi_mask=region, n_bins=BINS)
        values = calculate_intensity_features(pixels[mask])
        values |= calculate_intensity_histogram_features(levels[region > 0], BINS)
        return len(values | calculate_all_texture_features(levels, region, BINS, families=families))

    return compute


def nyxus() -> Compute:
    from nyxus import Nyxus

    groups = [f"*ALL_{name}*" for name in ("INTENSITY", "GLCM", "GLRLM", "GLSZM", "GLDM", "NGTDM")]
    engine = Nyxus(groups, coarse_gray_depth=BINS, n_feature_calc_threads=1, ibsi=False)

    def compute(pixels: np.ndarray, mask: np.ndarray) -> int:
        return engine.featurize(pixels.astype(np.uint32), mask.astype(np.uint32)).shape[1]

    return compute


# Of the original image 93 values, texture and first order; of the eight images 753 with the shape.
CONTESTANTS: dict[str, Callable[[], Compute]] = {
    "sonomics, 93 values": lambda: ours(CLASSES, ORIGINAL),
    "pyradiomics, 93 values": lambda: pyradiomics(CLASSES, ORIGINAL),
    "pictologics": pictologics,
    "nyxus": nyxus,
    "sonomics, 753 values": lambda: ours([*CLASSES, "shape2D"], FILTERS),
    "pyradiomics, 753 values": lambda: pyradiomics([*CLASSES, "shape2D"], FILTERS),
}


def regions(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw ellipses of about 41,000 pixels on speckle, in crops with a margin of a tenth."""
    generator = np.random.default_rng(0)
    rows, columns = np.mgrid[-116:117, -138:139]
    mask = (rows / 105) ** 2 + (columns / 125) ** 2 < 1
    drawn = []
    for _ in range(count):
        waves = generator.standard_normal((2, *mask.shape))
        smooth = np.stack([sum(np.roll(wave, step, axis) for axis in (0, 1) for step in (-1, 0, 1)) for wave in waves])
        echo = np.log1p(np.hypot(*smooth))
        grey = np.clip(255 * (echo - echo.min()) / np.ptp(echo) - 20, 0, 255)
        drawn.append((np.rint(grey), mask))
    return drawn


def work(name: str, file: Path) -> None:
    """Time one contestant on every region, and print the processor seconds of each and the wall time as JSON."""
    with np.load(file) as arrays:
        mask, images = arrays["mask"], arrays["images"]
    compute = CONTESTANTS[name]()
    values, busy = compute(images[0], mask), []
    start = time.perf_counter()
    for image in images:
        began = time.process_time()
        compute(image, mask)
        busy.append(time.process_time() - began)
    print(json.dumps({"values": values, "busy": busy, "wall": time.perf_counter() - start}))


def timed(name: str, python: str, file: Path, processes: int) -> tuple[int, float, float]:
    """Run a contestant in some processes at once; return its values, quickest processor seconds, regions a second."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "PICTOLOGICS_NUM_THREADS")
    threads += ("ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",)
    command = [python, __file__, "--work", name, "--file", str(file)]
    environment = {**os.environ, **dict.fromkeys(threads, "1"), "PICTOLOGICS_DISABLE_WARMUP": "1"}
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(processes)]
    printed = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise SystemExit(f"{name} failed")
    found = [json.loads(output.splitlines()[-1]) for output in printed]
    rate = sum(len(one["busy"]) / one["wall"] for one in found)
    return found[0]["values"], float(np.min([one["busy"] for one in found])), rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictologics", help="interpreter of an environment with Pictologics (Python 3.12 or later)")
    parser.add_argument("--nyxus", help="interpreter of an environment with Nyxus")
    parser.add_argument("--regions", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="how often all take their turn; the best round counts")
    parser.add_argument("--work", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args.work, args.file)
        return
    pythons = {"pictologics": args.pictologics, "nyxus": args.nyxus}
    quickest: dict[str, float] = {}
    rates: dict[str, float] = {}
    values: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "regions.npz"
        drawn = regions(args.regions)
        np.savez(file, mask=drawn[0][1], images=np.stack([pixels for pixels, _ in drawn]))
        print(f"{args.regions} regions of {drawn[0][1].sum()} pixels, {args.processes} processes of one thread")
        for _ in range(args.rounds):
            for name in CONTESTANTS:
                if python := pythons.get(name, sys.executable):
                    values[name], seconds, rate = timed(name, python, file, args.processes)
                    quickest[name] = min(seconds, quickest.get(name, seconds))
                    rates[name] = max(rate, rates.get(name, rate))
    for name, seconds in quickest.items():
        print(f"{name:<26}{values[name]:5d} values  {1000 * seconds:8.1f} ms a region  {rates[name]:8.1f} regions/s")
    for one, other in (
        ("93", "pictologics"),
        ("93", "nyxus"),
        ("93", "pyradiomics, 93 values"),
        ("753", "pyradiomics, 753 values"),
    ):
        if other in quickest:
            ratio = quickest[other] / quickest[f"sonomics, {one} values"]
            print(f"sonomics, {one} values, is {ratio:.1f} times as fast as {other}")


if __name__ == "__main__":
    main()
