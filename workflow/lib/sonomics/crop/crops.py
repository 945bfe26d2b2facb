"""Cut the outlined region out of every kept image of one chunk."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core import schemas
from sonomics.core.errors import ItemError
from sonomics.core.files import replacing
from sonomics.core.images import path_with_overlays, read_grey, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.settings.crop import Crop
from sonomics.core.tables import empty_table, read_table, write_table
from sonomics.crop.outlines.folders import Reading, find_outlines
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.readings import draw_readings
from sonomics.crop.outlines.refusals import REASONS, RefusedError
from sonomics.crop.regions.box import bounding_box, extend_to_square
from sonomics.crop.regions.region import select_region
from sonomics.crop.regions.sheet import draw_contact_sheet

log = logging.getLogger(__name__)


class Cutout(NamedTuple):
    """A crop of an image and the region in it."""

    pixels: NDArray[np.uint8]
    region: Mask


def crop_image(pixels: NDArray[np.uint8], outline: Mask, settings: Crop) -> Cutout:
    """Crop one clean image.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The clean image.
    outline : (rows, columns) bool array
        A reader's outline, moved into the clean image.
    settings : Crop
        `region`, `margin`, `shape` and `ring` of the section `crop` of params.

    Raises
    ------
    RefusedError
        With the reason why the region cannot be used.
    """
    region = select_region(pixels, outline, settings)
    if np.count_nonzero(region) > 1 and np.ptp(pixels[region]) == 0:
        raise RefusedError("no_variation")
    box = bounding_box(region, settings.margin)
    if settings.shape == "square":
        box = extend_to_square(box, region.shape)
    return Cutout(pixels[box], region[box])


def _choose_file(frame: Mapping[str, Any], settings: Crop) -> Path:
    """Choose the file of an image: with its overlays, where clean removed them and params want them back."""
    file = Path(frame["file"])
    return path_with_overlays(file) if settings.pixels == "as_exported" and frame["overlay_pixels"] else file


def _start_row(frame: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    identity = {name: frame[name] for name in ("patient", "case", "image", "view", "spacing_mm")}
    no_crop = {"file": "", "mask": "", "rows": 0, "columns": 0, "outline_pixels": 0, "keep": False, "reason": ""}
    return {**identity, **reading._asdict(), **no_crop}


def _set_aside(frame: Mapping[str, Any], reading: Reading, file: str, refusal: RefusedError) -> dict[str, Any]:
    """Log why an outline cannot be used, and return its row."""
    subject = f"patient {frame['patient']}, {frame['image']} ({reading.reader}, session {reading.session})"
    rule, fix = REASONS[refusal.code]
    rule += f" ({refusal.detail})" if refusal.detail else ""
    log.warning("%s", ItemError(subject, file, rule, fix))
    return _start_row(frame, reading) | {"reason": refusal.code}


def _write_crop(crop: Cutout, image: str, reading: Reading, folder: Path, out: Path) -> dict[str, Any]:
    """Write a crop and its mask into a folder that will become `out`, and return what its row says of them."""
    files: dict[str, str] = {}
    for column, values, suffix in (("file", crop.pixels, ""), ("mask", crop.region, ".mask")):
        path = Path(*reading, f"{image}{suffix}.png")
        write_png(folder / path, values)
        files[column] = str(out / path)
    height, width = crop.pixels.shape
    return {**files, "rows": height, "columns": width, "outline_pixels": int(crop.region.sum()), "keep": True}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--outlines", type=Path, nargs="+", required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--verdicts", type=Path, required=True)
    parser.add_argument("--pixels", type=Path, required=True)
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--crops", type=Path, required=True)
    args = parser.parse_args(argv)
    settings, seed = args.settings.crop, args.settings.study.seed
    outlines = find_outlines(args.outlines)
    verdicts = read_table(args.verdicts, schemas.VERDICTS)
    images = read_table(args.images, schemas.IMAGES)
    kept = images[images["image"].isin(verdicts.loc[verdicts["keep"], "image"])]
    rows: list[dict[str, Any]] = []
    shown: list[tuple[str, str, NDArray[np.uint8], Mask]] = []
    with replacing(args.pixels) as folder:
        folder.mkdir()
        for frame in progress(kept.to_dict("records"), "crop", total=len(kept)):
            pixels = read_grey(_choose_file(frame, settings))
            for reading, file, mask in draw_readings(frame, outlines, settings, seed):
                try:
                    if isinstance(mask, RefusedError):
                        raise mask
                    crop = crop_image(pixels, mask, settings)
                except RefusedError as refusal:
                    rows.append(_set_aside(frame, reading, file, refusal))
                    continue
                rows.append(
                    _start_row(frame, reading) | _write_crop(crop, frame["image"], reading, folder, args.pixels)
                )
                shown.append((frame["image"], f"{reading.reader}, session {reading.session}", *crop))
    crops = pd.DataFrame(rows) if rows else empty_table(schemas.CROPS)
    write_png(args.sheet, draw_contact_sheet(shown))
    write_table(crops, args.crops, schemas.CROPS)


if __name__ == "__main__":
    run_job(main)
