"""Which burned-in words are found, and how often tissue is taken for text: the rules on strokes and the network.

Run from the repository: `PYTHONPATH=. uv run python benchmarks/burned_in_text.py [--words 8] [--out TABLE.csv]`. Words
are drawn into simulated tissue or, when `SONOMICS_REALDATA` names the folder that holds `bus-bra`, `busi-qc` and
`breast-other-centre`, into real tissue; on black; and on a gradient. `--unmarked FOLDER` counts the images of a folder
on which something is taken for text, and writes their names and boxes, for the eyes of a person. `--clips` draws words
into single frames of clips.
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import itertools
import os
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.overlays import simulated
from sonomics.core.images import read_grey
from sonomics.core.seeds import generator
from sonomics.imaging.boxes import boxes_around_parts
from sonomics.imaging.burned_in_text.finders import FINDERS

HEIGHTS, ANGLES, SPACINGS = (6, 7, 8, 10, 14, 20), (0, 45, 90), (0, 20)  # pixels, degrees, pixels added
# Grey levels of the ink above the mean of its ground; full is white.
CONTRASTS = {"faint": 50, "medium": 100, "full": 255}
TISSUE, BLACK, GRADIENT = "tissue", "black", "gradient"
CAPITALS = list("ABCDEFGHIJKLMNOPRSTUVWYZ")
LETTERS = 5  # of a word
GROUND = (184, 184)  # rows, columns
DARKEST, STEEPEST, NOISE = 10, 180, 4  # grey levels of a gradient, and the SD of its noise
FOUND = 0.95  # share of the pixels of a word
PICTURES = ("*.png", "*.jpg", "*.JPG")

Frame = NDArray[np.uint8]


def read_tissue(count: int) -> list[Frame]:
    """Read real tissue, or draw simulated tissue when there is none."""
    root = os.environ.get("SONOMICS_REALDATA")
    if root is None:
        return [still for still in simulated(count) if fits(still)]
    files = sorted(path for path in Path(root, "bus-bra").rglob("*.png") if "mask" not in str(path).lower())
    order = generator("tissue").permutation(len(files))
    stills = (read_grey(files[number]) for number in order)
    return list(itertools.islice((still for still in stills if fits(still)), count))


def fits(still: Frame) -> bool:
    """Tell whether a ground can be cut from a still."""
    return still.shape[0] >= GROUND[0] and still.shape[1] >= GROUND[1]


def draw_ground(kind: str, tissue: list[Frame], random: np.random.Generator) -> Frame:
    """Draw a background of a kind."""
    if kind == BLACK:
        return np.zeros(GROUND, dtype=np.uint8)
    if kind == GRADIENT:
        ramp = np.linspace(DARKEST, STEEPEST, GROUND[1])[None].repeat(GROUND[0], axis=0)
        return np.clip(ramp + random.normal(0, NOISE, GROUND), 0, 255).astype(np.uint8)
    still = tissue[random.integers(len(tissue))]
    top, left = (random.integers(still.shape[axis] - GROUND[axis] + 1) for axis in (0, 1))
    return still[top : top + GROUND[0], left : left + GROUND[1]]


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
    share = np.zeros(ground.shape)
    share[top : top + rows, left : left + columns] = ink
    level = min(255.0, ground[share > 0.5].mean() + contrast)
    return np.rint(ground * (1 - share) + level * share).astype(np.uint8), share > 0.5


def measure_recall(words: int) -> pd.DataFrame:
    """Draw words of every kind, and tell which are found whole: one row per word."""
    tissue = read_tissue(60)
    rows = []
    kinds = itertools.product(HEIGHTS, ANGLES, CONTRASTS, SPACINGS, (TISSUE, BLACK, GRADIENT), range(words))
    for height, angle, contrast, spacing, kind, number in kinds:
        random = generator(height, angle, contrast, spacing, kind, number)
        ink = draw_word(height, angle, spacing, random)
        if ink.shape[0] > GROUND[0] or ink.shape[1] > GROUND[1]:
            continue
        frame, strokes = burn(draw_ground(kind, tissue, random), ink, CONTRASTS[contrast], random)
        found = {name: bool(find(frame)[strokes].mean() >= FOUND) for name, find in FINDERS.items()}
        rows.append(
            {"height": height, "angle": angle, "contrast": contrast, "spacing": spacing, "ground": kind, **found}
        )
    return pd.DataFrame(rows)


def measure_clips(words: int) -> pd.DataFrame:
    """Draw a white word into one dark frame of a clip whose other frames are bright there, and look for it."""
    from sonomics.export.deidentify.frames import find_scan_and_text
    from sonomics.export.deidentify.scan_region import Dataset

    tissue, rows = read_tissue(60), []
    for shown, number in itertools.product((1, 2), range(words)):
        random = generator("clip", shown, number)
        dark = draw_ground(TISSUE, tissue, random)
        bright = (255 - (255 - dark.astype(int)) // 3).astype(np.uint8)
        ink = draw_word(int(random.choice(HEIGHTS)), 0, 0, random)
        frame, strokes = burn(dark, ink, CONTRASTS["full"], random)
        frames = [bright] * 9
        frames[4 : 4 + shown] = [frame] * shown
        found = {
            name: bool(find_scan_and_text(Dataset(), frames, find)[1][strokes].mean() >= FOUND)
            for name, find in FINDERS.items()
        }
        rows.append({"frames": shown, **found})
    return pd.DataFrame(rows)


def look_at_unmarked(folder: Path, count: int) -> Iterator[dict[str, object]]:
    """Yield what is found on up to so many images of a folder, drawn at random, and the seconds that it takes."""
    files = sorted(file for pattern in PICTURES for file in folder.rglob(pattern) if "mask" not in str(file).lower())
    for number in generator("unmarked").permutation(len(files))[:count]:
        with Image.open(files[number]) as image:
            frame = np.asarray(image.convert("RGB"))
        row: dict[str, object] = {"image": str(files[number].relative_to(folder)), "pixels": frame[..., 0].size}
        for name, find in FINDERS.items():
            start = time.process_time()
            text = find(frame)
            row |= {f"seconds_{name}": time.process_time() - start, f"taken_{name}": text.mean()}
            row[f"boxes_{name}"] = " ".join(",".join(map(str, box)) for box, _ in boxes_around_parts(text))
        yield row


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Return the share found of each cell, by finder, and the number of words."""
    keys = [column for column in table if column not in FINDERS]
    grouped = table.groupby(keys, sort=False)
    return grouped[list(FINDERS)].mean().round(2).assign(words=grouped.size()).reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=8, help="words of each kind")
    parser.add_argument("--clips", action="store_true")
    parser.add_argument("--unmarked", type=Path)
    parser.add_argument("--count", type=int, default=400, help="images of the folder of --unmarked")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.unmarked is not None:
        table = pd.DataFrame(look_at_unmarked(args.unmarked, args.count))
    else:
        measure: Callable[[int], pd.DataFrame] = measure_clips if args.clips else measure_recall
        table = summarise(measure(args.words))
    print(table.to_string(index=False))
    if args.out is not None:
        table.to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
