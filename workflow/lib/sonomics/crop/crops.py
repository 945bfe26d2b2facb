"""Cut the outlined region out of every kept image of one chunk."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core import schemas
from sonomics.core.errors import ItemError
from sonomics.core.files import replacing
from sonomics.core.images import read_grey, read_mask, stem_of, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import empty_table, read_table, write_table
from sonomics.crop.outlines import REASONS, Mask, Reading, RefusedError, find_outlines, fitted
from sonomics.crop.regions import REGIONS, bounding_box

log = logging.getLogger(__name__)


class Crop(NamedTuple):
    """A crop and the region in it."""

    pixels: NDArray[np.uint8]
    region: Mask


def apply(pixels: NDArray[np.uint8], outline: Mask, frame: Mapping[str, int], settings: Mapping[str, Any]) -> Crop:
    """Crop one clean image.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The clean image.
    outline : (exported_rows, exported_columns) bool array
        A reader's outline in exported-frame coordinates.
    frame : mapping
        The image's row of `IMAGES`.
    settings : mapping
        `region`, `margin`, `min_pixels` of params.

    Raises
    ------
    RefusedError
        With the reason why the outline cannot be used.
    """
    region = REGIONS[settings["region"]](pixels, fitted(outline, frame, settings["min_pixels"]))
    box = bounding_box(region, settings["margin"])
    return Crop(pixels[box], region[box])


def readings_of(
    image: str, outlines: Mapping[Reading, Mapping[str, Path]], analysis: Reading
) -> Iterator[tuple[Reading, Path | None]]:
    """Yield who outlined an image and in which file; the reading that the models use also when it is missing."""
    for reading in sorted({*outlines, analysis}):
        files = outlines.get(reading, {})
        stem = stem_of(image, files)
        if stem is not None:
            yield reading, files[stem]
        elif reading == analysis:
            yield reading, None


def _row(frame: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    identity = {name: frame[name] for name in ("patient", "case", "image", "view", "spacing_mm")}
    nothing = {"file": "", "mask": "", "rows": 0, "columns": 0, "outline_pixels": 0, "keep": False, "reason": ""}
    return {**identity, **reading._asdict(), **nothing}


def _read_outline(file: Path | None) -> Mask:
    if file is None:
        raise RefusedError("no_outline")
    try:
        return read_mask(file)
    except OSError:
        raise RefusedError("outline_unreadable") from None


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--outlines", type=Path, nargs="+", required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--verdicts", type=Path, required=True)
    parser.add_argument("--pixels", type=Path, required=True)
    parser.add_argument("--crops", type=Path, required=True)
    args = parser.parse_args(argv)
    settings = args.settings["crop"]
    analysis = Reading(settings["analysis"]["reader"], str(settings["analysis"]["session"]))
    outlines = find_outlines(args.outlines)
    verdicts = read_table(args.verdicts, schemas.VERDICTS)
    images = read_table(args.images, schemas.IMAGES)
    kept = images[images["image"].isin(verdicts.loc[verdicts["keep"], "image"])]
    rows = []
    with replacing(args.pixels) as folder:
        folder.mkdir()
        for frame in progress(kept.to_dict("records"), "crop", total=len(kept)):
            pixels = read_grey(Path(frame["file"]))
            for reading, file in readings_of(frame["image"], outlines, analysis):
                row = _row(frame, reading)
                rows.append(row)
                try:
                    crop = apply(pixels, _read_outline(file), frame, settings)
                except RefusedError as refusal:
                    row["reason"] = refusal.code
                    log.warning("%s", ItemError(frame["image"], str(file or frame["file"]), *REASONS[refusal.code]))
                    continue
                for name, values, suffix in (("file", crop.pixels, ""), ("mask", crop.region, ".mask")):
                    path = Path(*reading, f"{frame['image']}{suffix}.png")
                    write_png(folder / path, values)
                    row[name] = str(args.pixels / path)
                height, width = crop.pixels.shape
                row |= {"rows": height, "columns": width, "outline_pixels": int(crop.region.sum()), "keep": True}
    crops = pd.DataFrame(rows) if rows else empty_table(schemas.CROPS)
    write_table(crops, args.crops, schemas.CROPS)


if __name__ == "__main__":
    run_job(main)
