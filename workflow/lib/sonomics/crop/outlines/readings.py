"""Every reading of an image: the outlines of readers, and perturbed copies of the one that models use."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sonomics.core.images import stem_of
from sonomics.core.schemas import PERTURBED
from sonomics.core.seeds import generator
from sonomics.crop.outlines.clean_frame import move_to_clean_frame
from sonomics.crop.outlines.drawings import MaskRequest
from sonomics.crop.outlines.folders import Outline, Reading
from sonomics.crop.outlines.perturb import perturb
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError


def draw_readings(
    frame: Mapping[str, Any],
    outlines: Mapping[Reading, Mapping[str, Outline]],
    settings: Mapping[str, Any],
    seed: int,
) -> Iterator[tuple[Reading, Path, Mask | RefusedError]]:
    """Draw every outline of one clean image, and perturbed copies of the one that models use.

    Where `analysis.perturbed` numbers a copy, that copy takes the place of the outline.

    Parameters
    ----------
    frame : mapping
        The image's row of `IMAGES`.
    outlines : mapping
        From `find_outlines`.
    settings : mapping
        The section `crop` of params.
    seed : int
        The study's.

    Yields
    ------
    reading, file, mask
        The mask in the clean image; in its place the refusal, when the outline cannot be used.
    """
    analysis = Reading(settings["analysis"]["reader"], str(settings["analysis"]["session"]))
    for reading, outline in _find_readings(frame["image"], outlines, analysis):
        file = outline.file if outline else Path(frame["file"])
        try:
            drawn = _draw(outline, frame, settings.get("label", ""))
            mask = move_to_clean_frame(drawn, frame, settings["min_pixels"])
        except RefusedError as refusal:
            yield reading, file, refusal
            continue
        if reading != analysis:
            yield reading, file, mask
            continue
        times, used = settings.get("perturb", {}).get("times", 0), settings["analysis"].get("perturbed", 0)
        copies = {number: _copy(mask, frame, settings, seed, number) for number in range(1, times + 1)}
        yield reading, file, copies.pop(used) if used else mask
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
    except (OSError, SyntaxError):
        raise RefusedError("outline_unreadable") from None


def _copy(
    mask: Mask, frame: Mapping[str, Any], settings: Mapping[str, Any], seed: int, number: int
) -> Mask | RefusedError:
    copy = perturb(mask, settings["perturb"], generator(seed, "crop", frame["image"], number))
    return RefusedError("outline_small") if copy.sum() < settings["min_pixels"] else copy
