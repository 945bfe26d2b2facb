"""Every reading of an image: the outlines of readers, and perturbed copies of the one that models use."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sonomics.core.errors import name_error
from sonomics.core.images import stem_of
from sonomics.core.schemas import PERTURBED
from sonomics.core.seeds import generator
from sonomics.core.settings.crop import Crop
from sonomics.crop.outlines.clean_frame import move_to_clean_frame
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.folders import Outline, Reading
from sonomics.crop.outlines.perturb import perturb
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError


def draw_readings(
    frame: Mapping[str, Any],
    outlines: Mapping[Reading, Mapping[str, Outline]],
    settings: Crop,
    seed: int,
) -> Iterator[tuple[Reading, str, Mask | RefusedError]]:
    """Draw every outline of one clean image, and perturbed copies of the one that models use.

    Where `analysis.perturbed` numbers a copy, that copy takes the place of the outline.

    Parameters
    ----------
    frame : mapping
        The image's row of `IMAGES`.
    outlines : mapping
        From `find_outlines`.
    settings : Crop
        The section `crop` of params.
    seed : int
        The study's.

    Yields
    ------
    reading, description, mask
        The outline or the image in words, and the mask in the clean image; in its place the refusal, when the outline
        cannot be used.
    """
    analysis = Reading(settings.analysis.reader, settings.analysis.session)
    for reading, outline in _find_readings(frame["image"], outlines, analysis):
        file = outline.describe(known=True) if outline else Path(frame["file"]).name
        try:
            drawn = _draw(outline, frame, settings.label)
            mask = move_to_clean_frame(drawn, frame, settings.min_pixels, settings.max_share)
        except RefusedError as refusal:
            yield reading, file, refusal
            continue
        if reading != analysis:
            yield reading, file, mask
            continue
        copies = dict(_perturb(mask, frame, settings, seed))
        used = settings.analysis.perturbed
        yield reading, file, mask if used is None else copies.pop(used)
        for number, copy in copies.items():
            yield Reading(PERTURBED, str(number)), file, copy


def _find_readings(
    image: str, outlines: Mapping[Reading, Mapping[str, Outline]], analysis: Reading
) -> Iterator[tuple[Reading, Outline | None]]:
    """Find who outlined an image; the reading that models use comes with None when it is missing."""
    for reading in sorted({*outlines, analysis}):
        by_stem = outlines.get(reading, {})
        stem = stem_of(image, by_stem)
        if stem is not None:
            yield reading, by_stem[stem]
        elif reading == analysis:
            yield reading, None


def _draw(outline: Outline | None, frame: Mapping[str, Any], label: str) -> Mask:
    if outline is None:
        raise RefusedError("no_outline")
    request = MaskRequest(label, frame["exported_rows"], frame["exported_columns"], frame["frame"])
    try:
        return outline.drawing(request)
    except RefusedError:
        raise
    except Exception as error:  # a damaged file can make a reader raise anything
        raise RefusedError("outline_unreadable", name_error(error)) from None


def _perturb(
    mask: Mask, frame: Mapping[str, Any], settings: Crop, seed: int
) -> Iterator[tuple[int, Mask | RefusedError]]:
    """Yield the number of each perturbed copy and its mask, or the refusal of a copy that became too small."""
    if settings.perturb is None:
        return
    for number in range(1, settings.perturb.times + 1):
        copy = perturb(mask, settings.perturb, generator(seed, "crop", frame["image"], number))
        yield number, RefusedError("outline_small") if copy.sum() < settings.min_pixels else copy
