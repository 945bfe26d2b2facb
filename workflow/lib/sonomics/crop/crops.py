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
from sonomics.core.images import path_with_overlays, read_grey, stem_of, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.seeds import generator
from sonomics.core.tables import empty_table, read_table, write_table
from sonomics.crop.outlines.drawings import Mask, RefusedError, Wanted
from sonomics.crop.outlines.intake import REASONS, Outline, Reading, find_outlines, fitted
from sonomics.crop.outlines.perturb import perturb
from sonomics.crop.regions.region import REGIONS, bounding_box, squared
from sonomics.crop.regions.sheet import contact_sheet

log = logging.getLogger(__name__)
SQUARE, AS_EXPORTED = "square", "as_exported"


class Crop(NamedTuple):
    """A crop and the region in it."""

    pixels: NDArray[np.uint8]
    region: Mask


def apply(pixels: NDArray[np.uint8], outline: Mask, settings: Mapping[str, Any]) -> Crop:
    """Crop one clean image.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The clean image.
    outline : (rows, columns) bool array
        A reader's outline, moved into the clean image.
    settings : mapping
        `region`, `margin`, `shape` and `ring` of params.

    Raises
    ------
    RefusedError
        With the reason why the region cannot be used.
    """
    region = REGIONS[settings["region"]](pixels, outline, settings)
    box = bounding_box(region, settings["margin"])
    if settings.get("shape") == SQUARE:
        box = squared(box, region.shape)
    return Crop(pixels[box], region[box])


def readings_of(
    image: str, outlines: Mapping[Reading, Mapping[str, Outline]], analysis: Reading
) -> Iterator[tuple[Reading, Outline | None]]:
    """Yield who outlined an image and where; the reading that the models use also when it is missing."""
    for reading in sorted({*outlines, analysis}):
        drawn = outlines.get(reading, {})
        stem = stem_of(image, drawn)
        if stem is not None:
            yield reading, drawn[stem]
        elif reading == analysis:
            yield reading, None


def masks_of(
    frame: Mapping[str, Any],
    outlines: Mapping[Reading, Mapping[str, Outline]],
    settings: Mapping[str, Any],
    seed: int,
) -> Iterator[tuple[Reading, Path, Mask | RefusedError]]:
    """Yield every outline of one clean image, moved into it, and perturbed copies of the one that the models use.

    Where `analysis` names a copy as `perturbed`, that one takes the place of the outline.

    Parameters
    ----------
    frame : mapping
        The image's row of `IMAGES`.
    outlines : mapping
        From `find_outlines`.
    settings : mapping
        The `crop` section of params.
    seed : int
        The study's.

    Yields
    ------
    reading, file, mask
        Instead of the mask the refusal, when the outline cannot be used.
    """
    analysis = Reading(settings["analysis"]["reader"], str(settings["analysis"]["session"]))
    for reading, outline in readings_of(frame["image"], outlines, analysis):
        file = outline.file if outline else Path(frame["file"])
        try:
            mask = fitted(_drawn(outline, frame, settings.get("label", "")), frame, settings["min_pixels"])
        except RefusedError as refusal:
            yield reading, file, refusal
            continue
        if reading != analysis:
            yield reading, file, mask
            continue
        times, used = settings.get("perturb", {}).get("times", 0), settings["analysis"].get("perturbed", 0)
        copies = {0: mask} | {number: _copy(mask, frame, settings, seed, number) for number in range(1, times + 1)}
        yield reading, file, copies.pop(used)
        copies.pop(0, None)
        for number, copy in copies.items():
            yield Reading(schemas.PERTURBED, str(number)), file, copy


def _copy(
    mask: Mask, frame: Mapping[str, Any], settings: Mapping[str, Any], seed: int, number: int
) -> Mask | RefusedError:
    copy = perturb(mask, settings["perturb"], generator(seed, "crop", frame["image"], number))
    return RefusedError("outline_small") if copy.sum() < settings["min_pixels"] else copy


def _drawn(outline: Outline | None, frame: Mapping[str, Any], label: str) -> Mask:
    if outline is None:
        raise RefusedError("no_outline")
    wanted = Wanted(label, frame["exported_rows"], frame["exported_columns"], frame["frame"])
    try:
        return outline.drawing(wanted)
    except (OSError, SyntaxError):
        raise RefusedError("outline_unreadable") from None


def _source(frame: Mapping[str, Any], settings: Mapping[str, Any]) -> Path:
    """Name the file of an image, with its overlays where those were removed and params want them back."""
    file = Path(frame["file"])
    return path_with_overlays(file) if settings.get("pixels") == AS_EXPORTED and frame["overlay_pixels"] else file


def _row(frame: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    identity = {name: frame[name] for name in ("patient", "case", "image", "view", "spacing_mm")}
    nothing = {"file": "", "mask": "", "rows": 0, "columns": 0, "outline_pixels": 0, "keep": False, "reason": ""}
    return {**identity, **reading._asdict(), **nothing}


def _set_aside(frame: Mapping[str, Any], reading: Reading, file: Path, refusal: RefusedError) -> dict[str, Any]:
    subject = f"patient {frame['patient']}, {frame['image']} ({reading.reader}, session {reading.session})"
    rule, mend = REASONS[refusal.code]
    rule += f" ({refusal.detail})" if refusal.detail else ""
    log.warning("%s", ItemError(subject, str(file), rule, mend))
    return _row(frame, reading) | {"reason": refusal.code}


def _write(crop: Crop, image: str, reading: Reading, folder: Path, out: Path) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, values, suffix in (("file", crop.pixels, ""), ("mask", crop.region, ".mask")):
        path = Path(*reading, f"{image}{suffix}.png")
        write_png(folder / path, values)
        written[name] = str(out / path)
    height, width = crop.pixels.shape
    return written | {"rows": height, "columns": width, "outline_pixels": int(crop.region.sum()), "keep": True}


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
    settings, seed = args.settings["crop"], args.settings["study"]["seed"]
    outlines = find_outlines(args.outlines)
    verdicts = read_table(args.verdicts, schemas.VERDICTS)
    images = read_table(args.images, schemas.IMAGES)
    kept = images[images["image"].isin(verdicts.loc[verdicts["keep"], "image"])]
    rows, shown = [], []
    with replacing(args.pixels) as folder:
        folder.mkdir()
        for frame in progress(kept.to_dict("records"), "crop", total=len(kept)):
            pixels = read_grey(_source(frame, settings))
            for reading, file, mask in masks_of(frame, outlines, settings, seed):
                try:
                    if isinstance(mask, RefusedError):
                        raise mask
                    crop = apply(pixels, mask, settings)
                except RefusedError as refusal:
                    rows.append(_set_aside(frame, reading, file, refusal))
                    continue
                rows.append(_row(frame, reading) | _write(crop, frame["image"], reading, folder, args.pixels))
                shown.append((frame["image"], f"{reading.reader}, session {reading.session}", *crop))
    crops = pd.DataFrame(rows) if rows else empty_table(schemas.CROPS)
    write_png(args.sheet, contact_sheet(shown))
    write_table(crops, args.crops, schemas.CROPS)


if __name__ == "__main__":
    run_job(main)
