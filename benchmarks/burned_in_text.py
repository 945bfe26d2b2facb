"""Which burned-in words are found, and how often tissue is taken for text: the rules on strokes and the network.

Run from the repository: `PYTHONPATH=. uv run python benchmarks/burned_in_text.py [--words 8] [--out TABLE.csv]`. Words
are drawn into simulated tissue or, when `SONOMICS_REALDATA` names the folder that holds `bus-bra`, `busi-qc`,
`breast-other-centre` and `otu-2d-sample`, into the real tissue of `unmarked.csv`; on black; on a gradient; and over
colour flow that is painted on the tissue. The table is written every 50 words, one of every kind after the other, so
that a run may be stopped. `--unmarked` looks at the windows of `unmarked.csv`, on which a person saw no mark. `--clips`
draws words into single frames of clips.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import itertools
import os
from collections.abc import Iterator
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter

from benchmarks.overlays import simulated
from sonomics.core.seeds import generator
from sonomics.imaging.brightness import luma
from sonomics.imaging.burned_in_text.finders import FINDERS
from sonomics.simulate.exams.doppler import AWAY, TOWARDS

HEIGHTS, ANGLES, SPACINGS = (6, 7, 8, 10, 14, 20), (0, 45, 90), (0, 20)  # pixels, degrees, pixels added
# Grey levels of the ink above the mean of its ground; full is white.
CONTRASTS = {"faint": 50, "medium": 100, "full": 255}
TISSUE, BLACK, GRADIENT, FLOW = "tissue", "black", "gradient", "flow"
MOVING, BLURRED = 0.4, 12  # velocity from which flow is painted, of the SD; pixels, the SD of its blur
CAPITALS = list("ABCDEFGHIJKLMNOPRSTUVWYZ")
LETTERS = 5  # of a word
LARGEST, AROUND = 184, 36  # pixels: the longest side of a ground, and what it has around a word
DARKEST, STEEPEST, NOISE = 10, 180, 4  # grey levels of a gradient, and the SD of its noise
FOUND = 0.95  # share of the pixels of a word
EVERY = 50  # words after which the table is written
UNMARKED, WINDOW = Path(__file__).with_name("unmarked.csv"), 192  # names and places, no pixels; pixels, the sides

Frame = NDArray[np.uint8]


@cache
def read_tissue(count: int) -> list[Frame]:
    """Read real tissue without marks, or draw simulated tissue when there is none."""
    root = os.environ.get("SONOMICS_REALDATA")
    if root is None:
        return [still for still in simulated(count) if fits(still)]
    windows = pd.read_csv(UNMARKED)
    chosen = windows.iloc[generator("tissue").permutation(len(windows))[:count]]
    return [luma(window) for window in read_windows(Path(root), chosen)]


def read_windows(root: Path, windows: pd.DataFrame) -> Iterator[Frame]:
    """Yield windows of images, in colour."""
    for image, top, left in windows[["image", "top", "left"]].itertuples(index=False):
        with Image.open(root / image) as opened:
            yield np.asarray(opened.convert("RGB"))[top : top + WINDOW, left : left + WINDOW]


def fits(still: Frame) -> bool:
    """Tell whether any ground can be cut from a still."""
    return min(still.shape) >= LARGEST


def draw_ground(kind: str, rows: int, columns: int, random: np.random.Generator) -> Frame:
    """Draw a background of a kind for a word of a size; gradient and flow are as wide on all."""
    rows, columns = min(rows + 2 * AROUND, LARGEST), min(columns + 2 * AROUND, LARGEST)
    if kind == BLACK:
        return np.zeros((rows, columns), dtype=np.uint8)
    if kind == GRADIENT:
        start = random.integers(LARGEST - columns + 1)
        ramp = np.linspace(DARKEST, STEEPEST, LARGEST)[None, start : start + columns].repeat(rows, axis=0)
        return np.clip(ramp + random.normal(0, NOISE, ramp.shape), 0, 255).astype(np.uint8)
    tissue = read_tissue(60)
    still = tissue[random.integers(len(tissue))]
    top, left = random.integers(still.shape[0] - rows + 1), random.integers(still.shape[1] - columns + 1)
    window = still[top : top + rows, left : left + columns]
    return paint_flow(window, random) if kind == FLOW else window


def paint_flow(tissue: Frame, random: np.random.Generator) -> Frame:
    """Paint colour flow on about two thirds of tissue: (rows, columns, 3)."""
    velocity = gaussian_filter(random.normal(size=tissue.shape), BLURRED)
    velocity /= velocity.std()
    steps = np.linspace(MOVING, 3, len(TOWARDS) - 1)
    coloured = np.stack([tissue] * 3, axis=2)
    for colours, speed in ((TOWARDS, velocity), (AWAY, -velocity)):
        painted = np.stack(
            [np.interp(speed, steps, [colour[channel] for colour in colours[1:]]) for channel in range(3)], 2
        )
        coloured[speed > MOVING] = painted[speed > MOVING].astype(np.uint8)
    return coloured


@cache
def font_of(height: int) -> ImageFont.FreeTypeFont:
    """Return the font whose capitals are so many pixels high."""
    for size in itertools.count(4):
        font = ImageFont.load_default(size)
        box = font.getbbox("H")
        if box[3] - box[1] >= height:
            return font  # type: ignore[return-value]
    raise AssertionError


def draw_word(height: int, angle: int, spacing: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Draw a word of capitals, turned to either side, smooth or not; 1 where there is ink."""
    font = font_of(height)
    steps = [font.getlength(letter) + spacing for letter in CAPITALS]
    word = random.integers(len(CAPITALS), size=LETTERS)
    layer = Image.new("L", (int(sum(steps[letter] for letter in word)) + 2 * height, 3 * height))
    draw, left = ImageDraw.Draw(layer), float(height)
    draw.fontmode = "L" if random.integers(2) else "1"
    for letter in word:
        draw.text((round(left), height / 2), CAPITALS[letter], fill=255, font=font)
        left += steps[letter]
    sign = 1 if random.integers(2) else -1
    ink = np.asarray(layer.rotate(sign * angle, resample=Image.Resampling.BICUBIC, expand=True)) / 255
    rows, columns = np.nonzero(ink > 0.5)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def burn(ground: Frame, ink: NDArray[np.float64], contrast: int, random: np.random.Generator) -> tuple[Frame, Frame]:
    """Burn a word into a random place; also return where its strokes are."""
    rows, columns = ink.shape
    top, left = random.integers(ground.shape[0] - rows + 1), random.integers(ground.shape[1] - columns + 1)
    share = np.zeros(ground.shape[:2])
    share[top : top + rows, left : left + columns] = ink
    level, strokes = min(255.0, luma(ground)[share > 0.5].mean() + contrast), share > 0.5
    share = share.reshape(*share.shape, *(1,) * (ground.ndim - 2))
    return np.rint(ground * (1 - share) + level * share).astype(np.uint8), strokes


def list_words(words: int) -> Iterator[tuple[Any, ...]]:
    """List the words of every kind, the first of all kinds before the second of any."""
    return itertools.product(range(words), HEIGHTS, ANGLES, CONTRASTS, SPACINGS, (TISSUE, BLACK, GRADIENT, FLOW))


def measure_word(kind: tuple[Any, ...]) -> dict[str, object] | None:
    """Draw a word of a kind, and tell which finders find it whole; None when it is longer than the ground."""
    number, height, angle, contrast, spacing, ground = kind
    random = generator(height, angle, contrast, spacing, ground, number)
    ink = draw_word(height, angle, spacing, random)
    if max(ink.shape) > LARGEST:
        return None
    frame, strokes = burn(draw_ground(ground, *ink.shape, random), ink, CONTRASTS[contrast], random)
    found = {name: bool(find(frame)[strokes].mean() >= FOUND) for name, find in FINDERS.items()}
    return {"height": height, "angle": angle, "contrast": contrast, "spacing": spacing, "ground": ground, **found}


def list_clips(words: int) -> Iterator[tuple[int, int]]:
    """List the words of clips, on one frame and on two."""
    return itertools.product(range(words), (1, 2))


def measure_clip(kind: tuple[int, int]) -> dict[str, object]:
    """Draw a white word into one or two dark frames of a clip with bright others, and tell whether it goes."""
    from sonomics.export.deidentify.frames import find_scan_and_text
    from sonomics.export.deidentify.scan_region import Dataset

    number, shown = kind
    random = generator("clip", shown, number)
    ink = draw_word(int(random.choice(HEIGHTS)), 0, 0, random)
    dark = draw_ground(TISSUE, *ink.shape, random)
    bright = (255 - (255 - dark.astype(int)) // 3).astype(np.uint8)
    frame, strokes = burn(dark, ink, CONTRASTS["full"], random)
    frames = [bright] * 9
    frames[4 : 4 + shown] = [frame] * shown
    found = {}
    for name, find in FINDERS.items():
        scan, gone = find_scan_and_text(Dataset(), frames, find)
        outside = np.ones_like(gone)
        for box in scan.boxes:
            outside[box.window] = False
        found[name] = bool((gone | outside)[strokes].mean() >= FOUND)
    return {"frames": shown, **found}


def look_at_unmarked(root: Path) -> Iterator[dict[str, object]]:
    """Yield what is taken for text on each window of `unmarked.csv`."""
    windows = pd.read_csv(UNMARKED)
    for image, half, window in zip(windows["image"], windows["half"], read_windows(root, windows), strict=True):
        found = {f"taken_{name}": find(window).mean() for name, find in FINDERS.items()}
        yield {"image": image, "half": half, **found}


def summarise_recall(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the share found of each cell, by finder, and the number of words."""
    table = pd.DataFrame(rows)
    keys = [column for column in table if column not in FINDERS]
    grouped = table.groupby(keys, sort=False)
    return grouped[list(FINDERS)].mean().round(2).assign(words=grouped.size()).reset_index()


def summarise_unmarked(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return, in all, by half and folder, the share of windows on which nothing was taken, and of area taken."""
    table = pd.DataFrame(rows)
    groups = {"all": table, **{f"half {half}": part for half, part in table.groupby("half")}}
    groups |= dict(iter(table.groupby(table["image"].str.split("/").str[0])))
    summary = []
    for group, part in groups.items():
        row: dict[str, object] = {"group": group, "windows": len(part)}
        for name in FINDERS:
            taken = part[f"taken_{name}"]
            row |= {f"untouched_{name}": (taken == 0).mean(), f"area_{name}": taken.mean()}
        summary.append(row)
    return pd.DataFrame(summary).round(5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=8, help="words of each kind")
    parser.add_argument("--clips", action="store_true")
    parser.add_argument("--unmarked", action="store_true")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.unmarked:
        table = summarise_unmarked(list(look_at_unmarked(Path(os.environ["SONOMICS_REALDATA"]))))
    else:
        rows: list[dict[str, object]] = []
        measure, kinds = (measure_clip, list_clips) if args.clips else (measure_word, list_words)
        with Pool(args.jobs) as pool:
            for row in filter(None, pool.imap(measure, kinds(args.words))):
                rows.append(row)
                if args.out is not None and len(rows) % EVERY == 0:
                    summarise_recall(rows).to_csv(args.out, index=False)
        table = summarise_recall(rows)
    if args.out is not None:
        table.to_csv(args.out, index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
