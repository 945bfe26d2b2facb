"""How much each threshold on pixels matters: outcomes when it is a fifth lower and a fifth higher.

Run from the repository: `PYTHONPATH=. uv run python benchmarks/thresholds.py text overlays [--real FOLDER]`. The
folder holds `us-dicom`, `busi-qc`, `bus-bra` and `otu-2d-sample`; `regions`, `flow` and `lexicon` need it.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.overlays import simulated
from sonomics.clean.images.decode import ignore_harmless_warnings, open_recording
from sonomics.clean.images.scan_region import find_scans
from sonomics.clean.overlays import bars, calipers, dotted_lines, lettering, probe_face, remove, sharp_marks
from sonomics.core.images import read_colour, read_grey, read_mask
from sonomics.core.seeds import generator
from sonomics.imaging import boxes, colour, scan_region
from sonomics.imaging.brightness import brightest_channel, luma
from sonomics.imaging.burned_in_text import strokes as text_strokes
from sonomics.imaging.burned_in_text.strokes import find_text_boxes
from sonomics.simulate.scanner.marks import KINDS, paste
from sonomics.texture.lexicon import contour, echo, margin
from sonomics.texture.lexicon.region import NAMES, compute_features

Outcomes = dict[str, float]
STEP = 0.2
SIZES, LEVELS = (11, 14, 18, 24), (200, 230, 255)
LETTERS = list("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789abcdefghkmnpqrstuvwxyz")
SAME_BOX = 0.98


def constants_of(module: ModuleType) -> Iterator[tuple[str, int, float]]:
    """Yield each number among the constants of a module: its name, its place in a tuple or -1, and its value."""
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.Assign):
            continue
        for name in (name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)):
            value = getattr(module, name)
            if isinstance(value, int | float):
                yield name, -1, value
            elif isinstance(value, tuple) and all(isinstance(part, int | float) for part in value):
                yield from ((name, place, part) for place, part in enumerate(value))


def varied(value: float) -> Iterator[float]:
    """Yield a value a fifth lower and a fifth higher; whole numbers stay whole and move by one at least."""
    for sign in (-1, 1):
        yield value + sign * max(1, round(STEP * value)) if isinstance(value, int) else value * (1 + sign * STEP)


def sensitivity(modules: list[ModuleType], measure: Callable[[], Outcomes]) -> pd.DataFrame:
    """Measure the outcomes with every constant as it is, a fifth lower and a fifth higher."""
    rows: list[dict[str, object]] = [{"constant": "as it is", **measure()}]
    for module in modules:
        for name, place, value in constants_of(module):
            whole = getattr(module, name)
            for other in varied(value):
                setattr(module, name, other if place < 0 else (*whole[:place], other, *whole[place + 1 :]))
                try:
                    outcomes = measure()
                except Exception as error:
                    outcomes = {"fails": 1.0}
                    print(f"{module.__name__} {name}: {type(error).__name__}: {error}")
                finally:
                    setattr(module, name, whole)
                label = f"{module.__name__.rpartition('.')[2]}.{name}" + (f"[{place}]" if place >= 0 else "")
                rows.append({"constant": label, "is": value, "tried": other, **outcomes})
    return pd.DataFrame(rows)


def words_on_speckle() -> Callable[[], Outcomes]:
    """Words of 11 to 24 pixels on simulated speckle: share found whole; and the share of clean speckle taken."""
    grounds = [picture[60:260, 60:400] for picture in simulated(6)]
    frames = [_write_word(grounds[seed % len(grounds)], seed) for seed in range(36)]

    def measure() -> Outcomes:
        whole = [_taken(frame)[strokes].mean() > 0.95 for frame, strokes in frames]
        clean = [_taken(ground).mean() for ground in grounds]
        return {"found whole": float(np.mean(whole)), "clean taken": float(np.mean(clean))}

    return measure


def _write_word(ground: NDArray[np.uint8], seed: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    random = np.random.default_rng([seed, 1])
    font = ImageFont.load_default(int(random.choice(SIZES)))
    word = "".join(random.choice(LETTERS, random.integers(4, 11)))
    layer = Image.new("L", ground.shape[::-1])
    draw = ImageDraw.Draw(layer)
    left = random.integers(4, int(ground.shape[1] - draw.textlength(word, font=font) - 8))
    draw.text((left, random.integers(4, ground.shape[0] - 36)), word, fill=255, font=font)
    share = np.asarray(layer) / 255
    return (ground * (1 - share) + random.choice(LEVELS) * share).astype(np.uint8), share > 0.5


def _taken(frame: NDArray[np.uint8]) -> NDArray[np.bool_]:
    mask = np.zeros(frame.shape[:2], dtype=bool)
    for box in find_text_boxes(frame):
        mask[box.window] = True
    return mask


def drawn_marks(real: Path | None) -> Callable[[], Outcomes]:
    """Marks pasted into simulated stills: recall, and the shares of simulated and real unmarked pictures taken."""
    stills = simulated(3)
    normal = sorted((real / "busi-qc/normal").glob("*.png")) if real else []
    breasts = [read_grey(path) for path in normal if "mask" not in path.name]
    trials = []
    for kind in KINDS:
        for number, still in enumerate(stills):
            random = generator(number, kind)
            at = (int(random.integers(60, still.shape[0] - 60)), int(random.integers(60, still.shape[1] - 60)))
            drawn, mark = paste(np.repeat(still[..., None], 3, axis=2), kind, at, random)
            trials.append((drawn, mark.pixels))

    def measure() -> Outcomes:
        recall = np.mean([remove.find_overlays(drawn)[pixels].mean() for drawn, pixels in trials])
        clean = {"stills taken": stills, "breasts taken": breasts}
        taken = {
            name: np.mean([remove.find_overlays(picture).mean() for picture in pictures])
            for name, pictures in clean.items()
            if pictures
        }
        return {"recall": float(recall), **{name: float(share) for name, share in taken.items()}}

    return measure


def frames_of(real: Path) -> list[NDArray[np.uint8]]:
    """Read the first frame of every DICOM file, and some pictures of whole screens."""
    frames = []
    with ignore_harmless_warnings():
        for file in sorted((real / "us-dicom").rglob("*.dcm")):
            frames.append(next(open_recording(file).frames([0])))
    pictures = sorted((real / "otu-2d-sample/images").iterdir())[:20]
    pictures += sorted((real / "bus-bra/Images").iterdir())[::94]
    return frames + [read_colour(path) for path in pictures]


def detected_regions(real: Path) -> Callable[[], Outcomes]:
    """Share of frames on which either detector finds other boxes than with the limits as they are."""
    frames = frames_of(real)
    finds = {
        "echoes change": lambda frame: scan_region.detect_echoes(brightest_channel(frame)),
        "scans change": lambda frame: scan_region.detect_scans(luma(frame))[0],
    }
    before = {name: [find(frame) for frame in frames] for name, find in finds.items()}

    def measure() -> Outcomes:
        return {
            name: float(np.mean([not _alike(find(f), b) for f, b in zip(frames, before[name], strict=True)]))
            for name, find in finds.items()
        }

    return measure


def _alike(some: tuple[boxes.Box, ...], others: tuple[boxes.Box, ...]) -> bool:
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(min(a.overlap(b), b.overlap(a)) >= SAME_BOX for a, b in pairs)


def flow(real: Path) -> Callable[[], Outcomes]:
    """Share of frames that change between flow and no flow."""
    scans = []
    with ignore_harmless_warnings():
        for file in sorted((real / "us-dicom").rglob("*.dcm")):
            recording = open_recording(file)
            frame = next(recording.frames([0]))
            scans += [region.cut(frame) for region in find_scans(recording.tags, luma(frame)).regions]
    scans += [read_colour(path) for path in sorted((real / "otu-2d-sample/images").iterdir())]
    before = [colour.shows_flow(colour.flow_share(scan)) for scan in scans]

    def measure() -> Outcomes:
        after = [colour.shows_flow(colour.flow_share(scan)) for scan in scans]
        return {"scans with flow": float(sum(after)), "changed": float(np.sum(np.array(before) != after))}

    return measure


def descriptors(real: Path) -> Callable[[], Outcomes]:
    """Rank correlation over 49 lesions of each lexicon value with the same value of the limits as they are."""
    files = sorted((real / "bus-bra/Images").iterdir())[::31]
    masks = [real / "bus-bra/Masks" / f"mask_{file.name.removeprefix('bus_')}" for file in files]
    lesions = [_crop(read_grey(file).astype(float), read_mask(mask)) for file, mask in zip(files, masks, strict=True)]
    before = pd.DataFrame([compute_features(*lesion) for lesion in lesions], columns=list(NAMES))

    def measure() -> Outcomes:
        after = pd.DataFrame([compute_features(*lesion) for lesion in lesions], columns=list(NAMES))
        ranks = before.corrwith(after, method="spearman")
        moved = int((ranks < 1 - 1e-9).sum())
        return {"lowest": float(ranks.min()), "mean": float(ranks.mean()), "values moved": float(moved)}

    return measure


def _crop(pixels: NDArray[np.float64], mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rows, columns = np.nonzero(mask)
    height, width = np.ptp(rows), np.ptp(columns)
    window = (
        slice(max(0, rows.min() - height // 2), rows.max() + height // 2),
        slice(max(0, columns.min() - width // 2), columns.max() + width // 2),
    )
    return pixels[window], mask[window]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="+", choices=["text", "overlays", "regions", "flow", "lexicon"])
    parser.add_argument("--real", type=Path, help="folder of real images")
    args = parser.parse_args()
    marks = [bars, calipers, dotted_lines, lettering, probe_face, sharp_marks]
    groups: dict[str, tuple[list[ModuleType], Callable[[], Callable[[], Outcomes]]]] = {
        "text": ([text_strokes], words_on_speckle),
        "overlays": (marks, lambda: drawn_marks(args.real)),
        "regions": ([scan_region], lambda: detected_regions(args.real)),
        "flow": ([colour], lambda: flow(args.real)),
        "lexicon": ([contour, echo, margin], lambda: descriptors(args.real)),
    }
    for name in args.which:
        modules, prepare = groups[name]
        print(f"\n{name}")
        print(sensitivity(modules, prepare()).to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
