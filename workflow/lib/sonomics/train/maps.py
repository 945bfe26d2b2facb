"""Draw where a network looked in every image that it was not fitted on, and measure how that lies on the outline."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors.torch import load_file

from sonomics.core.files import read_json, replacing
from sonomics.core.images import read_grey, read_mask, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import CROPS, MAPS, PREDICTIONS, SCREENED
from sonomics.core.tables import empty_table, read_table, read_tables, write_table
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.inputs import placed, stacked
from sonomics.networks.maps import grad_cam
from sonomics.networks.weights.state import from_tensors
from sonomics.statistics.agreement.overlap import heat_inside, hottest_share, overlap
from sonomics.train.rows import usable_crops

HOTTEST = 0.2
FLAT = 1e-4
UNDEFINED = {"hot_share": np.nan, "dice": np.nan, "heat_inside": np.nan}
# Images whose crops are held at a time.
BATCH = 32

Heat = NDArray[np.float32]


def restored(folder: Path) -> tuple[Classifier, int]:
    """Rebuild a network from the files of its training job; also the side of its input."""
    saved = read_json(folder / "state.json")
    size = saved["size"]
    untrained = Classifier(build(saved["architecture"], 0, size=size), saved["heads"], 0)
    return from_tensors(untrained, load_file(folder / "weights.safetensors")), size


def why_none(heat: Heat) -> str:
    """Say why a crop has no map to look at; "" when it has one.

    "no_heat" when nothing speaks for the class, "flat" when all places are alike (the last map may have but one place).
    """
    if not heat.max() > 0:
        return "no_heat"
    return "flat" if np.ptp(heat) < FLAT * heat.max() else ""


def measured(heat: Heat, outline: NDArray[np.bool_], share: float) -> dict[str, float]:
    """Measure how a map lies on an outline.

    Parameters
    ----------
    heat : (rows, columns) float
        Of a crop; some of it is above 0.
    outline : (rows, columns) bool
    share : float
        The hottest pixels that count as hot; those without heat never do.
    """
    hot = hottest_share(heat, share) & (heat > 0)
    dice = overlap(hot, outline).dice
    return {"hot_share": float(hot.mean()), "dice": dice, "heat_inside": heat_inside(heat, outline)}


def rows_of(
    crops: pd.DataFrame, network: Classifier, size: int, share: float, folder: Path
) -> Iterator[dict[str, Any]]:
    """Draw the maps of some crops into a folder, and yield for each what becomes of its row."""
    pixels = [read_grey(Path(file)) for file in crops["file"]]
    heats = grad_cam(network, stacked(pixels, size))
    if heats is None:
        yield from ({"file": "", "reason": "no_target_layer", **UNDEFINED} for _ in pixels)
        return
    for crop, image, heat in zip(crops.itertuples(), pixels, heats, strict=True):
        part = heat[placed(image.shape, size)]
        if reason := why_none(part):
            yield {"file": "", "reason": reason, **UNDEFINED}
            continue
        name = f"{crop.image}.png"
        write_png(folder / name, np.rint(255 * part / part.max()).astype(np.uint8))
        laid = cv2.resize(part, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
        yield {"file": name, "reason": "", **measured(laid, read_mask(Path(str(crop.mask))), share)}


def maps_of(scored: pd.DataFrame, folder: Path, source: Path, share: float) -> pd.DataFrame:
    """Draw the maps of the crops that the network of one fold scored.

    Parameters
    ----------
    scored : DataFrame
        The fold's predictions with the crops' columns.
    folder : Path
        The maps go here.
    source : Path
        The folder of the fold's network.
    share : float
        As `measured` takes it.
    """
    network, size = restored(source)
    starts = progress(range(0, len(scored), BATCH), f"maps of fold {source.name}")
    parts = (scored.iloc[start : start + BATCH] for start in starts)
    found = [row for part in parts for row in rows_of(part, network, size, share, folder)]
    about = scored.rename(columns={"file": "crop"}).reset_index(drop=True)
    return about.join(pd.DataFrame(found))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="<fold>/predictions.parquet")
    parser.add_argument("--maps", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--out", type=Path, required=True, help="the table")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Write a picture an image and the table of all."""
    args = arguments(argv)
    share = args.settings.get("train", {}).get("maps", {}).get("hottest", HOTTEST)
    screened = read_table(args.images, SCREENED)
    crops = usable_crops(read_tables(args.crops, CROPS), screened, args.settings["crop"]["analysis"])
    shown = crops[["image", "view", "file", "mask"]]
    tables = []
    with replacing(args.maps) as folder:
        folder.mkdir()
        for path in args.predictions:
            scored = read_table(path, PREDICTIONS).merge(shown, on="image")
            if len(scored):
                tables.append(maps_of(scored, folder, path.parent, share))
    table = pd.concat(tables) if tables else empty_table(MAPS)
    drawn = table["file"] != ""
    table.loc[drawn, "file"] = str(args.maps) + "/" + table.loc[drawn, "file"]
    write_table(table[list(MAPS.columns)], args.out, MAPS)


if __name__ == "__main__":
    run_job(main)
